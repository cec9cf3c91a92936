import type { StoredEvent } from '@oakring/events';
import type { ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';

/** Those that are there, and those whose keys are being forgotten. */
export const maxSecrets = 1_000;
/** Of one secret: what runs keeps the one that it was started with. */
export const maxSecretVersions = 16;

type SecretEvent = Extract<StoredEvent, { type: 'SecretSet' | 'SecretRemoved' | 'SecretShredded' }>;

const known: ReadonlySet<string> = new Set<SecretEvent['type']>([
  ...(['SecretSet', 'SecretRemoved', 'SecretShredded'] as const),
]);

export function isSecretEvent(event: StoredEvent): event is SecretEvent {
  return known.has(event.type);
}

export function evolveSecrets(state: ClusterState, event: SecretEvent): void {
  const { at, by = null } = event;
  const secret = state.secrets.get(event.data.name);
  switch (event.type) {
    case 'SecretSet': {
      const { name, version, key, sealed } = event.data;
      const versions = [...(secret?.versions ?? []), { version, key, sealed, at, by }];
      const owner = secret === undefined ? by : secret.by;
      state.secrets.set(name, { name, by: owner, versions, removed: null, ...placeOf(event) });
      return;
    }
    case 'SecretRemoved':
      if (secret === undefined) return;
      state.secrets.set(secret.name, { ...secret, removed: { at, by }, ...placeOf(event) });
      return;
    case 'SecretShredded': {
      if (secret === undefined) return;
      const { keys } = event.data;
      const versions = secret.versions.filter(({ key }) => !keys.includes(key));
      if (versions.length === 0) state.secrets.delete(secret.name);
      else state.secrets.set(secret.name, { ...secret, versions, ...placeOf(event) });
      return;
    }
  }
}

import { keysToShred } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import { nothing, type Process } from '../supervision/process.js';
import type { SecretVault } from './secret-vault.js';

/**
 * Forgets the data keys that nothing needs: of what was removed at once, of former versions once nothing runs with
 * them. First the key, then the record of it: whoever leads next does again what is not on record.
 */
export function shredding(
  vault: Pick<SecretVault, 'forget'>,
  queue: CommandQueue,
): Process<readonly string[]> {
  return {
    name: 'shredding',
    most: 1,
    mostAtOnce: 1,
    restMs: 1_000,
    backoff: { firstMs: 1_000, mostMs: 60_000 },
    all: ({ secrets }) => [...secrets.values()].map(({ name }) => name),
    *concerned({ secrets, placements }, state) {
      yield* secrets;
      if (placements.size === 0 || state.secrets.size === 0) return;
      // What ended may have been the last that ran with a former version: of which there are few.
      for (const { name, versions } of state.secrets.values()) if (versions.length > 1) yield name;
    },
    fact: (name, state) => {
      const secret = state.secrets.get(name);
      const keys = secret === undefined ? [] : keysToShred(state, secret);
      return keys.length === 0 ? null : keys.join(' ');
    },
    look: (name, state) => {
      const secret = state.secrets.get(name);
      if (secret === undefined) return nothing;
      const keys = keysToShred(state, secret);
      return keys.length === 0 ? nothing : { step: keys, againMs: null };
    },
    async act([doing]) {
      if (doing === undefined) return 'done';
      const { key: name, step: keys } = doing;
      await vault.forget(keys);
      await queue.submit<'RecordShredding'>(
        { type: 'RecordShredding', name, keys },
        byItself('shredding'),
      );
      return 'done';
    },
  };
}

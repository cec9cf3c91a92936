import type { Secret } from '../client/documents.js';
import type { Look } from '../terminal.js';
import { agoText } from './measures.js';
import { renderTable } from './table.js';

export function renderSecrets(secrets: readonly Secret[], { width, nowMs }: Look): string {
  if (secrets.length === 0) {
    return 'No secrets yet. Set one: oakring secret set <name> --from <file>';
  }
  return renderTable(
    ['SECRET', 'VERSION', 'CHANGED', 'OWNER', 'USED BY'],
    secrets.map((secret) => [
      secret.name,
      String(secret.version),
      agoText(secret.changed, nowMs),
      secret.owner ?? '-',
      secret.usedBy.length === 0
        ? '-'
        : secret.usedBy.map((use) => useText(secret, use)).join(', '),
    ]),
    width,
  );
}

/** With the versions that its instances have, where they are not all of the newest. */
function useText({ version: newest }: Secret, { job, versions }: Secret['usedBy'][number]): string {
  const isCurrent = versions.every(({ version }) => version === newest);
  if (isCurrent) return job;
  const parts = versions.map(({ version, instances }) => `${instances} with ${version}`);
  return `${job} (${parts.join(', ')})`;
}

import { labelsText } from '@oakring/narration';
import type { Token, WhoAmI } from '../client/documents.js';
import type { Look } from '../terminal.js';
import { agoText } from './measures.js';
import { renderFacts, renderTable } from './table.js';

export function renderTokens(tokens: readonly Token[], { colors, width, nowMs }: Look): string {
  if (tokens.length === 0) {
    return 'No tokens yet. Make one: oakring token create --role operator --name <name>';
  }
  return renderTable(
    ['TOKEN', 'ROLE', 'STATUS', 'EXPIRES', 'LAST USED', 'CREATED BY', 'LIMITED TO'],
    tokens.map((token) => [
      token.name,
      token.role,
      token.status === 'holds' ? colors.green(token.status) : colors.yellow(token.status),
      token.expires,
      token.lastUsed === null ? '-' : agoText(token.lastUsed, nowMs),
      token.createdBy ?? '-',
      token.nodes === null ? '-' : labelsText(token.nodes),
    ]),
    width,
  );
}

export function renderWhoAmI({ name, role, permissions, jobs, nodes, expires }: WhoAmI): string {
  return renderFacts([
    ['name', name],
    ['role', role],
    ['may', permissions.length === 0 ? 'nothing' : permissions.join(' ')],
    ['jobs', jobs === 'own' ? 'those that you submitted' : 'all'],
    ...(nodes === null ? [] : [['orders about', `nodes with ${labelsText(nodes)}`] as const]),
    ['expires', expires ?? 'with the setting of the manager'],
  ]);
}

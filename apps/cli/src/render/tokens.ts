import { endOfTime } from '@oakring/contracts';
import { labelsText } from '@oakring/narration';
import type { Token, WhoAmI } from '../client/documents.js';
import type { Colors, Look } from '../terminal.js';
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
      statusText(token, colors),
      endText(token.expires),
      token.lastUsed === null ? '-' : agoText(token.lastUsed, nowMs),
      token.createdBy ?? '-',
      limitText(token),
    ]),
    width,
  );
}

function statusText({ status, joins }: Token, colors: Colors): string {
  const left = joins === null ? '' : `, ${joins.usesLeft} of ${joins.uses} left`;
  return status === 'holds' ? colors.green(`${status}${left}`) : colors.yellow(status);
}

function limitText({ nodes, joins }: Token): string {
  const ids = joins?.ids ?? null;
  const limits = [
    ...(nodes === null ? [] : [labelsText(nodes)]),
    ...(ids === null ? [] : [`ids ${ids.join(',')}`]),
  ];
  return limits.length === 0 ? '-' : limits.join(' ');
}

export function renderWhoAmI({ name, role, permissions, jobs, nodes, expires }: WhoAmI): string {
  return renderFacts([
    ['name', name],
    ['role', role],
    ['may', permissions.length === 0 ? 'nothing' : permissions.join(' ')],
    ['jobs', jobs === 'own' ? 'those that you submitted' : 'all'],
    ...(nodes === null ? [] : [['orders about', `nodes with ${labelsText(nodes)}`] as const]),
    ['expires', expires === null ? untilText(role) : endText(expires)],
  ]);
}

function endText(expires: string): string {
  return expires === endOfTime ? 'never' : expires;
}

function untilText(role: string): string {
  return role === 'node' ? 'when its credential is revoked' : 'with the setting of the manager';
}

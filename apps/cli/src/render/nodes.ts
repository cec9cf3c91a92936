import type { Node } from '../client/documents.js';
import { labelsText, resourceColumns, resourcesText, technologiesText } from '@oakring/narration';
import type { Colors, Look } from '../terminal.js';
import { ageText, agoText, figuresOf, reservedTitle, sharesOf } from './measures.js';
import { colorStatus } from './status.js';
import { renderFacts, renderTable } from './table.js';

export function renderNodes(nodes: readonly Node[], look: Look): string {
  if (nodes.length === 0) return 'No nodes yet. Start a worker: oakring worker --runtimes process';
  const columns = resourceColumns(nodes.map(({ capacity }) => capacity));
  const { colors, width, wide, nowMs } = look;
  const titles = wide
    ? columns.map(reservedTitle)
    : columns.map(({ label }) => label.toUpperCase());
  return renderTable(
    [
      ...['NODE', 'STATUS', 'AGE'],
      ...titles,
      ...['USED', 'INST'],
      ...(wide ? ['LABELS', 'DIALECT', 'ADDRESS'] : []),
      'LAST SEEN',
    ],
    nodes.map((node) => [
      node.id,
      statusText(node, colors),
      ageText(node.since, nowMs),
      ...(wide ? sharesOf(node, columns, colors) : figuresOf(node, columns, colors)),
      wide ? usedText(node) : usedInShort(node),
      String(node.instances),
      ...(wide ? [labelsText(node.labels), node.dialect, node.ip] : []),
      lastSeenText(node, nowMs),
    ]),
    width,
  );
}

export function renderNode(node: Node, { colors, width, nowMs }: Look): string {
  const { capacity } = node;
  const columns = resourceColumns([capacity]);
  const shares = sharesOf(node, columns, colors);
  return renderFacts(
    [
      ['node', colors.bold(node.id)],
      ['name', node.name],
      ['status', `${colorStatus(node.status, colors)} since ${node.since}: ${node.reason}`],
      // Most listen nowhere: there is no port then.
      ['address', node.port === 0 ? node.ip : `${node.ip}:${node.port}`],
      ['incarnation', String(node.incarnation)],
      ['capacity', resourcesText(capacity) + (node.assumed ? ' (assumed: it stated none)' : '')],
      ...columns.map(({ label }, at) => [`reserved ${label}`, shares[at] ?? ''] as const),
      ['used', usedText(node)],
      ['instances', instancesText(node, colors)],
      ['technologies', technologiesText(node.technologies)],
      ['architecture', node.architecture ?? '-'],
      ['can', node.features.length === 0 ? '-' : node.features.join(' ')],
      ...limitsFact(node, colors),
      ...listFact('host paths', node.hostPaths),
      ...listFact('credentials', node.registries),
      ...listFact(
        'ports',
        node.ports.map(({ port, job }) => `${port} (${job})`),
      ),
      ['labels', labelsText(node.labels)],
      ...credentialFact(node, colors),
      ...diskFact(node, colors),
      ...flagFacts(node, colors),
      ['acknowledges', node.acknowledges ? 'yes' : 'no: what it runs is the broker’s word'],
      ['last seen', lastSeenText(node, nowMs)],
      ...shedFact(node, colors),
      ['position', String(node.position)],
    ],
    width,
  );
}

function instancesText({ instances, unhealthy = 0 }: Node, colors: Colors): string {
  return unhealthy === 0
    ? String(instances)
    : `${instances}, ${colors.red(`${unhealthy} unhealthy`)}`;
}

/** Whoever counts on a limit must not have to know which feature is missing. */
function limitsFact({ technologies, features }: Node, colors: Colors): [string, string][] {
  if (!technologies.includes('process') || features.includes('process:limits')) return [];
  const what = 'none for processes: what they reserve they may exceed (oakring doctor worker)';
  return [['limits', colors.yellow(what)]];
}

/** Nothing is said of what is usually empty. */
function listFact(name: string, list: readonly string[]): readonly (readonly [string, string])[] {
  return list.length === 0 ? [] : [[name, list.join(' ')]];
}

/** Nothing is said of one that is let in by what workers share, or by nothing. */
function credentialFact(
  { id, credential }: Node,
  colors: Colors,
): readonly (readonly [string, string])[] {
  if (credential === undefined) return [];
  const { status, since, joinedBy, labels, revoked, revokedBy } = credential;
  if (status === 'revoked') {
    const by = revokedBy === null ? '' : ` by ${revokedBy}`;
    const remedy = `oakring token create --role join --name ${id} --ids ${id}`;
    const what = `revoked ${revoked}${by}; it joins anew with a token that is given now (${remedy})`;
    return [['credential', colors.yellow(what)]];
  }
  const forced = labels === null ? '' : `, with ${labelsText(labels)} whatever its worker says`;
  return [['credential', `of its own since ${since}, let in by ${joinedBy ?? '?'}${forced}`]];
}

function diskFact({ diskFull }: Node, colors: Colors): readonly (readonly [string, string])[] {
  if (diskFull === undefined) return [];
  const { since, freeMiB, leastMiB } = diskFull;
  const what = `nearly full since ${since}: ${freeMiB} MiB were free then, ${leastMiB} must be`;
  return [['disk', colors.yellow(`${what}; it starts nothing new`)]];
}

/** The status, and why nothing new is placed there, if so. */
export function statusText({ status, flags, diskFull }: Node, colors: Colors): string {
  const why = [
    diskFull === undefined ? '' : 'disk full',
    flags.draining === null ? '' : 'draining',
    flags.cordoned === null || flags.draining !== null ? '' : 'cordoned',
    flags.quarantined === null ? '' : 'quarantined',
  ].filter((text) => text !== '');
  const closed = why.length === 0 ? '' : colors.yellow(` ${why.join(' ')}`);
  return `${colorStatus(status, colors)}${closed}`;
}

/** Signs of life are kept in memory: what leads since a minute ago has heard nothing older. */
function lastSeenText({ lastSeen }: Node, nowMs: number | null): string {
  if (lastSeen !== null) return agoText(lastSeen, nowMs);
  return nowMs === null ? 'not in the minute before' : 'not since this manager leads';
}

function flagFacts(
  { flags, unexpected, unreadable, rival, ordersHeld }: Node,
  colors: Colors,
): [string, string][] {
  const { cordoned, draining, quarantined } = flags;
  const facts: [string, string][] = [];
  if (cordoned !== null) facts.push(['cordoned', `since ${cordoned.since}: ${cordoned.reason}`]);
  if (draining !== null) {
    facts.push([
      'draining',
      `until ${draining.deadline}${draining.force ? ', by force then' : ''}`,
    ]);
  }
  if (quarantined !== null) {
    const by = quarantined.byRecord ? ' by its record' : '';
    facts.push(['quarantined', `since ${quarantined.since}${by}: ${quarantined.reason}`]);
  }
  if (rival !== undefined) {
    const which = `start ${rival.incarnation}, ${rival.since}`;
    facts.push(['claimed twice', `${which}: ${rival.reason}. Give each machine an id of its own`]);
  }
  if (unexpected.length > 0) {
    facts.push(['not ours', `${unexpected.join(', ')} runs there without an order`]);
  }
  if (unreadable.length > 0) {
    const what = `its worker reports ${unreadable.join(', ')}, which cannot be told (oakring dead-letters)`;
    facts.push(['unreadable', `${what}; nothing that it may be is taken for gone`]);
  }
  if (ordersHeld !== undefined) {
    facts.push(['orders held', `${ordersHeld.orders}: ${ordersHeld.reason}`]);
  }
  return facts.map(([name, text]) => [name, colors.yellow(text)]);
}

function shedFact({ readingsShed }: Node, colors: Colors): [string, string][] {
  if (readingsShed === 0) return [];
  return [['readings shed', colors.yellow(`${readingsShed} under overload`)]];
}

export function usedText({ used }: Node): string {
  return used === null ? '-' : `${percent(used.cpu)} CPU, ${percent(used.memory)} memory`;
}

/** CPU and memory, of the machine. */
function usedInShort({ used }: Node): string {
  return used === null ? '-' : `${percent(used.cpu)} ${percent(used.memory)}`;
}

function percent(share: number): string {
  return `${Math.round(share)}%`;
}

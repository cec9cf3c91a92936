import type { StatusAnswer } from './status-answer.js';

/** The same for a terminal, where somebody asks with curl: a fact a line, and an instance a line. */
export function statusText(status: StatusAnswer): string {
  const facts = factsOf(status).map(([name, value]) => `${name.padEnd(10)}${value}`);
  const sections = [
    facts,
    [
      'INSTANCES',
      ...(status.instances.length === 0 ? ['  none'] : status.instances.map(instanceLine)),
    ],
    ['JOBS MAY ASK OF THIS MACHINE', ...status.allowances.map(allowanceLine)],
    ...(status.refusedOrders.length === 0
      ? []
      : [['ORDERS NOT CARRIED OUT', ...status.refusedOrders.map(orderLine)]]),
  ];
  return `${sections.map((lines) => lines.map(plain).join('\n')).join('\n\n')}\n`;
}

/** Pairs of a name and what is so, for a person. */
export function factsOf(status: StatusAnswer): readonly (readonly [string, string])[] {
  const { disk, capacity } = status;
  const free = disk.freeMiB === null ? 'nobody can say what is free' : `${disk.freeMiB} MiB free`;
  const grant =
    status.grantAgeMs === null ? 'none' : `${Math.round(status.grantAgeMs / 1_000)} s ago`;
  return [
    [
      'node',
      `${status.node} (${status.name}), start ${status.incarnation}, oakring ${status.version}`,
    ],
    ['time', status.at],
    ['broker', `${status.isConnected ? 'connected to' : 'NO CONNECTION to'} ${status.broker}`],
    ['credential', ` ${status.credential}`],
    ['manager', managerText(status)],
    ['grant', `${grant} (for what must never run twice)`],
    ['disk', `${free}, ${disk.leastMiB} must be${disk.isFull ? ': IT STARTS NOTHING NEW' : ''}`],
    ['offers', `${capacity.cpuMillis} cpuMillis, ${capacity.memoryMiB} MiB`],
    ['runs', status.technologies.join(' ')],
    ['can', status.features.length === 0 ? '-' : status.features.join(' ')],
    ...(status.unsent === 0
      ? []
      : ([['unsent', `${status.unsent} entries the manager does not have yet`]] as const)),
  ];
}

function managerText({ isRegistered, refusedBecause, epoch, ledger }: StatusAnswer): string {
  if (refusedBecause !== null) return `REFUSES this worker: ${refusedBecause}`;
  if (!isRegistered) return 'has NOT ACCEPTED this worker yet';
  return `registered, epoch ${epoch}, ledger ${ledger ?? 'not known'}`;
}

function instanceLine(each: StatusAnswer['instances'][number]): string {
  const { job, name, instance, generation, technology, status, health, used, ports, reason } = each;
  const parts = [
    `${job}/${instance}`.padEnd(24),
    status + (health === null ? '' : `, ${health}`),
    ...(name === null || name === job ? [] : [name]),
    technology,
    `generation ${generation}`,
    ...(each.runningMs === null ? [] : [`for ${Math.round(each.runningMs / 1_000)} s`]),
    ...(used === null
      ? []
      : [`${used.cpuMillis.toFixed(0)} cpuMillis`, `${used.memoryMiB.toFixed(1)} MiB`]),
    ...ports,
    ...(reason === null ? [] : [`: ${reason}`]),
  ];
  return `  ${parts.join('  ')}`;
}

function allowanceLine({ what, allowed, setting }: StatusAnswer['allowances'][number]): string {
  return `  ${what}: ${allowed}${setting === null ? '' : `  (${setting})`}`;
}

function orderLine(order: StatusAnswer['refusedOrders'][number]): string {
  const { at, command, job, instance, generation, outcome, reason } = order;
  return `  ${at}  ${command} ${job}/${instance} generation ${generation}  ${outcome}: ${reason}`;
}

/** What others wrote (reasons, names) moves no cursor. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '\ufffd');
}

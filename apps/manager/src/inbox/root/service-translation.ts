import {
  cutText,
  isObject,
  jobOf,
  parseEnvironment,
  resourceCatalogue,
  type JobDocument,
  type JsonObject,
  type SubmitJob,
} from '@oakring/contracts';
import { numbersBelow, orderFaults } from '@oakring/contracts/oakestra';
import { canonicalJson } from '@oakring/events';
import { sha256 } from '@oakring/crypto';
import { placementRules, type Here } from './service-constraints.js';
import { ServiceReader } from './service-reader.js';

/** How this cluster takes a root's services. */
export interface ServiceRules extends Here {
  /** So many cores are given away for each that a node has; null: cores are compared, not reserved. */
  readonly cpuOvercommit: number | null;
  /** What becomes of a service with a wish that nothing here looks at. */
  readonly unkept: 'place' | 'refuse';
  /** How long after its worker's last message a service is ordered elsewhere, unless it says so itself. */
  readonly lostAfterMs: number;
}

export interface TranslatedService {
  readonly job: JobDocument;
  /** Of what a root's document has that stays the same from one order to the next. */
  readonly bodyHash: string;
}

/** What a root writes anew with each order. */
const perOrder: ReadonlySet<string> = new Set([
  'instance_list',
  'status',
  'status_detail',
  'next_instance_progressive_number',
]);

/**
 * A root's document as a job of ours, whatever is in it: what cannot be placed or run is taken all the
 * same, and is `refused` with the reason. The root's own document is kept whole as `document`.
 */
export function translatedService(
  id: string,
  service: JsonObject,
  rules: ServiceRules,
): TranslatedService {
  const reader = new ServiceReader(service);
  const name = nameOf(reader, id);
  const technology = runtimeOf(reader);
  const image = imageOf(reader);
  const { resources, size } = amountsOf(reader, rules);
  const where = placementRules(reader, rules);
  noteUnkept(reader);
  const unkept = rules.unkept === 'refuse' ? reader.unkept : [];
  const onDisconnect = silenceOf(reader, rules);
  const oneShot = reader.flag('one_shot');
  judgeWorkersPart(reader, service);
  const problems = [...reader.problems, ...unkept];
  const document = {
    ...{ id, name, image: image ?? 'missing', technology: technology ?? 'missing' },
    ...{ resources, constraints: [...where, ...size] },
    ...{ onDisconnect, restart: forEver, one_shot: oneShot, ...runOf(reader) },
    ...{ numbering: 'given', document: service, ...boundOf(service) },
    ...(problems.length > 0 && {
      refused: { code: 'service-unusable', detail: sentence('It cannot be placed', problems) },
    }),
    ...(reader.unkept.length > 0 &&
      unkept.length === 0 && { warnings: reader.unkept.slice(0, most) }),
  };
  // What the rules of a submitted document ask for is there, by construction.
  const job = jobOf(document as unknown as SubmitJob);
  const lasting = Object.entries(service).filter(([member]) => !perOrder.has(member));
  return { job, bodyHash: sha256(canonicalJson(Object.fromEntries(lasting))) };
}

/** Tried again for as long as the root wants it; the waits are those of every job. */
const forEver = { limit: null };
/** Sentences that are told of one document. */
const most = 8;

function sentence(what: string, problems: readonly string[]): string {
  const told = problems.slice(0, most).join('; ');
  const more = problems.length > most ? `; and ${problems.length - most} more` : '';
  return `${what}: ${told}${more}. Correct it at the root.`;
}

function nameOf(reader: ServiceReader, id: string): string {
  const name = reader.text('job_name');
  if (name !== null && name !== '' && name.length <= 256) return name;
  if (name !== null || reader.of('job_name') === null) {
    reader.problem('job_name', reader.of('job_name') ?? undefined, 'a text of 1 to 256 characters');
  }
  return id;
}

/** Workers call containers so; a root's users may have written the other word. */
function runtimeOf(reader: ServiceReader): string | null {
  const runtime = reader.text('virtualization');
  if (runtime !== null && runtime !== '' && runtime.length <= 64) {
    return runtime === 'container' ? 'docker' : runtime;
  }
  if (runtime !== null || reader.of('virtualization') === null) {
    reader.problem('virtualization', runtime ?? undefined, 'the name of a runtime');
  }
  return null;
}

/** For which a worker would refuse the order, or drop it in silence: the rule by which orders are written. */
function judgeWorkersPart(reader: ServiceReader, service: JsonObject): void {
  for (const { field = '', detail } of orderFaults(service, 0)) {
    if (!reader.hasToldOf(field)) reader.problems.push(detail.replace(/\.$/, ''));
  }
}

/** A root's numbers have nine digits at most. */
export const maxInstanceNumber = 999_999_999;

/** Below which a number is not too long for the name; absent: none is. */
function boundOf(service: JsonObject): { numbersBelow?: number } {
  const below = numbersBelow(service);
  return below < 1 || below > maxInstanceNumber ? {} : { numbersBelow: below };
}

/** `code` is the same by another name. */
function imageOf(reader: ServiceReader): string | null {
  const image = reader.text('image') ?? reader.text('code');
  if (image !== null && image.trim() !== '' && image.length <= 1024) return image;
  if (image !== null || (reader.of('image') === null && reader.of('code') === null)) {
    reader.problem('image', image ?? undefined, 'a text of 1 to 1024 characters');
  }
  return null;
}

/** Cores and GPUs are compared with what a node has; memory is reserved. */
function amountsOf(reader: ServiceReader, { cpuOvercommit }: ServiceRules) {
  const { cpuMillis, memoryMiB, gpus } = resourceCatalogue;
  const memory = reader.whole('memory', memoryMiB.maximum);
  const wantedMillis = 1_000 * reader.whole('vcpus', cpuMillis.maximum / 1_000);
  const wantedGpus = reader.whole('vgpus', gpus.maximum);
  const reserved = cpuOvercommit === null ? 0 : Math.ceil(wantedMillis / cpuOvercommit);
  const amounts = { cpuMillis: wantedMillis, memoryMiB: 0, gpus: wantedGpus };
  const isAny = wantedMillis > 0 || wantedGpus > 0;
  return {
    resources: { cpuMillis: reserved, memoryMiB: memory },
    size: isAny ? [{ type: 'size', resources: amounts } as const] : [],
  };
}

const wishes = { bandwidth_in: 'kbit/s', bandwidth_out: 'kbit/s', storage: 'MB', vtpus: 'TPUs' };

function noteUnkept(reader: ServiceReader): void {
  for (const [name, unit] of Object.entries(wishes)) {
    const amount = reader.whole(name, Number.MAX_SAFE_INTEGER);
    if (amount > 0) reader.unkept.push(`${name} (${amount} ${unit}) is not looked at`);
  }
  const target = reader.text('target_node') ?? '';
  if (target !== '') {
    reader.unkept.push(
      `target_node (${cutText(target, 64)}) is not looked at: direct names a machine`,
    );
  }
  const { length } = reader.objects('connectivity');
  if (length > 0) reader.unkept.push('connectivity is not looked at: nothing is measured here');
}

const monthMs = 2_592_000_000;

function silenceOf(reader: ServiceReader, { lostAfterMs }: ServiceRules) {
  const said = reader.of('onDisconnect') ?? {};
  if (!isObject(said)) {
    reader.problem('onDisconnect', said, 'an object {lostAfterMs, stopOnWorkerAfterMs}');
    return { lostAfterMs };
  }
  const isTime = (value: unknown, least: number) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= monthMs;
  const { lostAfterMs: lost = lostAfterMs, stopOnWorkerAfterMs: stop = null } = said;
  const isLost = lost === null || isTime(lost, 500);
  const isStop = stop === null || isTime(stop, 10_000);
  if (!isLost) reader.problem('onDisconnect.lostAfterMs', lost, 'milliseconds from 500, or null');
  if (!isStop) {
    reader.problem('onDisconnect.stopOnWorkerAfterMs', stop, 'milliseconds from 10000, or null');
  }
  return {
    lostAfterMs: isLost ? lost : lostAfterMs,
    ...(isStop && stop !== null && { stopOnWorkerAfterMs: stop }),
  };
}

/** For workers of ours, where it is as they want it; others read the root's own document. */
function runOf(reader: ServiceReader): JsonObject {
  const cmd = reader.of('cmd');
  const environment = reader.of('environment');
  const isCommand = Array.isArray(cmd) && cmd.every((part) => typeof part === 'string');
  return {
    ...(isCommand && cmd.length > 0 && { cmd }),
    ...(environment !== null && parseEnvironment({ environment }).ok && { environment }),
  };
}

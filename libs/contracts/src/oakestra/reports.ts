import { LeftOut } from '../messages/left-out.js';
import { reportIn } from '../messages/frame.js';
import { percentOf, type GpuUse, type MachineReading } from '../messages/telemetry.js';
import {
  integerOf,
  isObject,
  refused,
  shownIn,
  textOf,
  unlike,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { cutText, endOfText } from '../parsing/text.js';

/** What a worker shows of one of its instances, just now. */
export interface InstanceSighting {
  /** Of the service: its `job_name`. */
  readonly name: string;
  readonly instance: number;
  /** One that it still fetches the image for is shown too, by later releases. */
  readonly status: 'running' | 'starting';
  /** As it says it: numbers of whatever unit, empty where it does not know. Null: nothing of it. */
  readonly usage: {
    readonly cpu: string;
    readonly memory: string;
    readonly disk: string;
  } | null;
  /** The end of what it wrote. */
  readonly log?: string;
}

/** What is there and does not say which instance it is. Null: it may be any. */
export interface DoubtfulEntry {
  readonly name: string | null;
  readonly instance: number | null;
}

/** What one of a worker's runtimes runs, just now. */
export interface InstanceList {
  readonly instances: readonly InstanceSighting[];
  readonly doubtful: readonly DoubtfulEntry[];
}

/** What a worker says of one of its instances, once. */
export interface InstanceWord {
  readonly name: string;
  readonly instance: number;
  readonly says: (typeof words)[keyof typeof words];
  readonly detail: string | null;
  readonly publicIp: string | null;
}

/** Theirs, and ours for them. */
const words = {
  INSTANTIATION: 'starting',
  CREATED: 'created',
  RUNNING: 'running',
  FAILED: 'failed',
  DEAD: 'ended',
  COMPLETED: 'completed',
  UNDEPLOYED: 'stopping',
} as const;

const numberRange = { minimum: 0, maximum: 2 ** 31 - 1 };
const maxNameCharacters = 256;
const maxLogCharacters = 1_024;
const maxDetailCharacters = 4_096;
const maxNumeralCharacters = 64;

/**
 * `nodes/<id>/information`: the registration's members, all but a few of them empty. Only the use of
 * the machine is taken, so that what is empty erases nothing; of its graphics cards where it has some.
 * Its capacity is what was free when it registered: `memory` says what of that is left.
 */
export function readHeartbeat(payload: Uint8Array): Parsed<MachineReading> {
  const body = reportIn(payload);
  if (!body.ok) return body;
  const { cpu_percent: cpu, memory_percent: memory } = body.value;
  const free = amountUpTo(mostMemoryMb, body.value['memory']);
  if (isPercent(cpu) && isPercent(memory)) {
    const plain = readingOf(Math.round(cpu * 100), Math.round(memory * 100), free);
    return { ok: true, value: withGpus(plain, body.value) };
  }
  const leftOut = new LeftOut();
  const used = (field: string): number | null =>
    leftOut.or(percentOf(body.value[field], field), null);
  return leftOut.beside(
    withGpus(readingOf(used('cpu_percent'), used('memory_percent'), free), body.value),
  );
}

function readingOf(
  cpu: number | null,
  memory: number | null,
  freeMemory: number | null,
): MachineReading {
  return {
    cpu,
    memory,
    freeMemory,
    incarnation: null,
    sequence: null,
    instances: null,
    at: null,
  };
}

/** They are for a root to read, and not worth a dead letter: what is not usable is not said. */
function withGpus(reading: MachineReading, body: JsonObject): MachineReading {
  const { vgpus, gpu_usage: percent, gpu_temp: temperature, vram, vram_percent: used } = body;
  if (typeof vgpus !== 'number' || !(vgpus > 0)) return reading;
  const gpus: GpuUse = {
    percent: isPercent(percent) ? percent : null,
    temperature: amountUpTo(mostDegrees, temperature),
    vram: amountUpTo(mostVramMb, vram),
    vramPercent: isPercent(used) ? used : null,
  };
  return { ...reading, gpus };
}

const mostDegrees = 1_000;
const mostVramMb = 1_000_000_000;
const mostMemoryMb = 1_073_741_824;

function amountUpTo(most: number, value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= most ? value : null;
}

function isPercent(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}

/**
 * `nodes/<id>/jobs/resources`: what one of its runtimes runs. An entry that does not say which instance it
 * is costs nothing of what stands beside it; what it may be must not be taken for gone.
 */
export function readInstances(payload: Uint8Array): Parsed<InstanceList> {
  const body = reportIn(payload);
  if (!body.ok) return body;
  // Go writes null for a list that was never made.
  const { services = null } = body.value;
  if (services === null && Object.hasOwn(body.value, 'services')) {
    return { ok: true, value: { instances: [], doubtful: [] } };
  }
  if (!Array.isArray(services)) {
    return refused('invalid-field', `services is ${shownIn(services)}, not a list.`, 'services');
  }
  const leftOut = new LeftOut();
  const instances: InstanceSighting[] = [];
  let doubtful: DoubtfulEntry[] = [];
  for (let at = 0; at < services.length; at += 1) {
    const entry: unknown = services[at];
    const read = instanceOf(entry, at, leftOut);
    if (read.ok) {
      instances.push(read.value);
      continue;
    }
    leftOut.add(read.refusal);
    const doubt = doubtOf(entry);
    if (doubtful.length === maxDoubtful) doubtful = [anything];
    if (doubt !== null) doubtful.push(doubt);
  }
  return leftOut.beside({ instances, doubtful });
}

const maxDoubtful = 16;
const anything: DoubtfulEntry = { name: null, instance: null };

/** What an entry that cannot be read may be; null: nothing that can have been ordered has such a name or number. */
function doubtOf(entry: unknown): DoubtfulEntry | null {
  if (!isObject(entry)) return anything;
  const { job_name: name, instance } = entry;
  if (typeof name === 'string' && !isName(name)) return null;
  if (typeof instance === 'number' && !isInstance(instance)) return null;
  return { name: isName(name) ? name : null, instance: isInstance(instance) ? instance : null };
}

function instanceOf(entry: unknown, at: number, leftOut: LeftOut): Parsed<InstanceSighting> {
  if (!isObject(entry)) {
    return unlike(`services.${at}`, entry, 'an object');
  }
  const { job_name: name, instance, status = null, logs = null } = entry;
  if (!isName(name)) return named(textOf(name, `services.${at}.job_name`, maxNameCharacters));
  if (!isInstance(instance)) {
    return named(integerOf(instance, `services.${at}.instance`, numberRange));
  }
  const usage = usageOf(entry, at, leftOut);
  if (typeof logs === 'string' && logs !== '') {
    const log = endOfText(logs, maxLogCharacters);
    return { ok: true, value: { name, instance, status: statusOf(status), usage, log } };
  }
  if (logs !== null && logs !== '') leftOut.addUnlike(`services.${at}.logs`, logs, 'a text');
  return { ok: true, value: { name, instance, status: statusOf(status), usage } };
}

/** The refusal of what was found not to be so. */
function named<T>(parsed: Parsed<T>): Extract<Parsed<never>, { ok: false }> {
  return parsed.ok ? refused('invalid-field', 'A name or number is not usable.') : parsed;
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxNameCharacters &&
    value.isWellFormed()
  );
}

function isInstance(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= numberRange.maximum;
}

/** Without one it runs. With any but that it is on its way there. */
function statusOf(status: unknown): InstanceSighting['status'] {
  return status === null || status === '' || status === 'RUNNING' ? 'running' : 'starting';
}

function usageOf(entry: JsonObject, at: number, leftOut: LeftOut): InstanceSighting['usage'] {
  const cpu = numeralOf(entry, 'cpu_percent', at, leftOut);
  const memory = numeralOf(entry, 'memory_percent', at, leftOut);
  const disk = numeralOf(entry, 'disk', at, leftOut);
  return cpu === '' && memory === '' && disk === '' ? null : { cpu, memory, disk };
}

function numeralOf(entry: JsonObject, member: string, at: number, leftOut: LeftOut): string {
  const value = entry[member];
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'string' && value.length <= maxNumeralCharacters && Number(value) >= 0) {
    return value;
  }
  if (typeof value === 'number' && value >= 0) return String(value);
  leftOut.addUnlike(`services.${at}.${member}`, value, 'a number of 0 or more');
  return '';
}

/** `nodes/<id>/job`. */
export function readWord(payload: Uint8Array): Parsed<InstanceWord> {
  const body = reportIn(payload);
  if (!body.ok) return body;
  const { sname, instance, status } = body.value;
  const name = textOf(sname, 'sname', maxNameCharacters);
  if (!name.ok) return name;
  const number = integerOf(instance, 'instance', numberRange);
  if (!number.ok) return number;
  const says =
    typeof status === 'string' && Object.hasOwn(words, status)
      ? words[status as keyof typeof words]
      : null;
  if (says === null) {
    const known = Object.keys(words).join(', ');
    const detail = `status is ${shownIn(status)}; it can be ${known}.`;
    return refused('invalid-field', detail, 'status', status ?? null);
  }
  const leftOut = new LeftOut();
  const detail = lineOf(body.value, 'status_detail', leftOut);
  const publicIp = lineOf(body.value, 'publicip', leftOut);
  return leftOut.beside({ name: name.value, instance: number.value, says, detail, publicIp });
}

function lineOf(body: JsonObject, member: string, leftOut: LeftOut): string | null {
  const { [member]: value } = body;
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return cutText(value, maxDetailCharacters);
  leftOut.addUnlike(member, value, 'a text');
  return null;
}

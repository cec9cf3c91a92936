import type { Refusal } from '../errors/catalogue.js';
import {
  isObject,
  refused,
  shortened,
  shownIn,
  unlike,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';

/** What is ordered to run, as the worker's program reads it. */
interface Ordered {
  /** The service, as its root describes it. */
  readonly service: JsonObject;
  readonly instance: number;
  /** What the node runs things with. */
  readonly runtimes: readonly string[];
}

/**
 * A worker drops the whole message in silence where one member that it knows is of another type, also
 * one that is written in other letters: these members go out, checked, and no others.
 */
const members: Readonly<Record<string, Kind>> = {
  _id: 'text',
  job_name: 'text',
  image: 'text',
  virtualization: 'text',
  platform: 'text',
  port: 'text',
  cmd: 'texts',
  environment: 'texts',
  vm_images: 'texts',
  arch: 'texts',
  vcpus: 'count',
  vgpus: 'count',
  vtpus: 'count',
  memory: 'count',
  storage: 'count',
  one_shot: 'flag',
  privileged: 'flag',
  volumes: 'volumes',
};

type Kind = 'text' | 'texts' | 'count' | 'flag' | 'volumes';

const kinds: Readonly<Record<Kind, { readonly is: (value: unknown) => boolean; says: string }>> = {
  text: { is: isText, says: 'a text' },
  texts: { is: (value) => Array.isArray(value) && value.every(isText), says: 'a list of texts' },
  count: { is: isCount, says: 'a whole number of 0 or more' },
  flag: { is: (value) => typeof value === 'boolean', says: 'true or false' },
  volumes: {
    is: (value) => Array.isArray(value) && value.every(isVolume),
    says: 'a list of {volume_id, csi_driver, mount_path, config: {name: text}}',
  },
};

/** The payload of `nodes/<id>/control/deploy`; or why the worker could not take it. */
export function deployMessage({ service, instance, runtimes }: Ordered): Parsed<JsonObject> {
  const [fault] = orderFaults(service, instance);
  if (fault !== undefined) return { ok: false, refusal: fault };
  const virtualization = runtimeOf(service);
  const refusal = runtimeRefusal(virtualization, runtimes);
  if (refusal !== null) return refusal;
  const message = new Map<string, unknown>();
  for (const [name, kind] of Object.entries(members)) {
    const value = memberOf(service, name);
    if (value === null) continue;
    message.set(name, kind === 'volumes' ? (value as JsonObject[]).map(volumeOf) : value);
  }
  message.set('virtualization', virtualization).set('instance_number', instance);
  return { ok: true, value: Object.fromEntries(message) };
}

/** All for which no worker could take this order, whatever it runs things with. */
export function orderFaults(service: JsonObject, instance: number): readonly Refusal[] {
  const faults: Refusal[] = [];
  for (const [name, kind] of Object.entries(members)) {
    const value = memberOf(service, name);
    if (value === null || kinds[kind].is(value)) continue;
    faults.push(unlike(name, value, kinds[kind].says).refusal);
  }
  const virtualization = runtimeOf(service);
  const more = [
    nameRefusal(service, virtualization, instance),
    imageRefusal(memberOf(service, 'image'), virtualization),
  ];
  for (const refusal of more) {
    const isTold = faults.some(({ field }) => field === refusal?.refusal.field);
    if (refusal !== null && !isTold) faults.push(refusal.refusal);
  }
  return faults;
}

/** Numbers below this make the id of a container that is possible, as long as 0 does. */
export function numbersBelow({ job_name: name, ...service }: JsonObject): number {
  if (!isText(name) || machines.includes(runtimeOf(service))) return Number.POSITIVE_INFINITY;
  return 10 ** (maxContainerIdCharacters - containerIdOf(name, 0).length + 1);
}

/** Null is as absent. `code` is the image by another name. */
function memberOf(service: JsonObject, name: string): unknown {
  const value = Object.hasOwn(service, name) ? (service[name] ?? null) : null;
  return value === null && name === 'image' ? (service['code'] ?? null) : value;
}

/** The payload of `nodes/<id>/control/delete`, with the runtime that was ordered. */
export function deleteMessage({ service, instance, runtimes }: Ordered): Parsed<JsonObject> {
  const { job_name } = service;
  const virtualization = runtimeOf(service);
  const refusal =
    runtimeRefusal(virtualization, runtimes) ?? nameRefusal(service, virtualization, instance);
  return refusal ?? { ok: true, value: { job_name, virtualization, instance_number: instance } };
}

type Refused = Extract<Parsed<never>, { ok: false }>;

/** What people call containers. */
function runtimeOf({ virtualization }: JsonObject): unknown {
  return virtualization === 'container' ? 'docker' : virtualization;
}

/** One that it does not know, and the worker's whole program panics. */
function runtimeRefusal(virtualization: unknown, runtimes: readonly string[]): Refused | null {
  if (isText(virtualization) && runtimes.includes(virtualization)) return null;
  const offered = runtimes.length === 0 ? 'nothing' : runtimes.join(', ');
  const detail = `virtualization is ${shownIn(virtualization)}; the node runs ${offered}.`;
  return refused('invalid-field', detail, 'virtualization', virtualization ?? null);
}

const containerId = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const maxContainerIdCharacters = 76;
/** What runs in a machine of its own. */
const machines: readonly unknown[] = ['unikernel', 'crosvm'];

function containerIdOf(name: string, instance: number): string {
  return `${name}.instance.${instance}`;
}

function nameRefusal(
  { job_name: name }: JsonObject,
  virtualization: unknown,
  instance: number,
): Refused | null {
  if (!isText(name) || name === '') return unlike('job_name', name, 'a text');
  if (!isCount(instance)) return unlike('instance_number', instance, kinds.count.says);
  if (machines.includes(virtualization)) return null;
  const id = containerIdOf(name, instance);
  if (id.length <= maxContainerIdCharacters && containerId.test(id)) return null;
  const detail =
    `job_name makes ${JSON.stringify(shortened(id))} the container's id, of which at most ` +
    `${maxContainerIdCharacters} letters and digits, with single dots, dashes or underscores between ` +
    'them, are possible.';
  return refused('invalid-field', detail, 'job_name', name);
}

function imageRefusal(image: unknown, virtualization: unknown): Refused | null {
  if (!isText(image) || image.trim() === '') {
    return refused('invalid-field', 'image is missing: there is nothing to run.', 'image');
  }
  if (machines.includes(virtualization) || isWholeImage(image)) return null;
  const detail =
    `image is ${JSON.stringify(shortened(image))}; it needs its registry and its tag, as in ` +
    'docker.io/library/nginx:alpine.';
  return refused('invalid-field', detail, 'image', image);
}

const registry = /^(?:localhost|[\w-]+[.:][\w.:-]*|\[[\da-f:]+\](?::\d+)?)$/i;
const nameAndTag = /^[\w.-]+(?::\w[\w.-]*)?(?:@[\w+.-]+:\w+)?$/;

/** Registry, path, and tag or digest: the worker adds none of them. */
function isWholeImage(image: string): boolean {
  const first = image.indexOf('/');
  const last = image.slice(image.lastIndexOf('/') + 1);
  const isNamed = last.includes(':') || last.includes('@');
  return first > 0 && registry.test(image.slice(0, first)) && isNamed && nameAndTag.test(last);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const volumeTexts = ['volume_id', 'csi_driver', 'mount_path'] as const;

function isVolume(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { config = null } = value;
  return (
    volumeTexts.every((name) => (value[name] ?? null) === null || isText(value[name])) &&
    (config === null || (isObject(config) && Object.values(config).every(isText)))
  );
}

function volumeOf(volume: JsonObject): JsonObject {
  const kept = [...volumeTexts, 'config'].filter((name) => (volume[name] ?? null) !== null);
  return Object.fromEntries(kept.map((name) => [name, volume[name]]));
}

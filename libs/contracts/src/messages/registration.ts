import { incarnationOf, wordIn } from './addresses.js';
import { may, must, readMembers, type Codec, type Members } from './codec.js';
import { LeftOut } from './left-out.js';
import {
  booleanOf,
  idOf,
  integerOf,
  labelsOf,
  refused,
  textOf,
  textOrNumberOf,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import type { Resources } from '../resources/catalogue.js';
import { assumedCapacity, resourcesOf } from '../resources/resources.js';
import { technologyOf, type Technology } from './technology.js';

/** `nodes/<id>/registration` and the body of `POST /api/v1/nodes`, validated. */
export interface Registration {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  /** 0 to 65 535; a numeric string is accepted on the wire. */
  readonly port: number;
  /** Number of the worker's start; null when the worker does not count. */
  readonly incarnation: number | null;
  /** Tells two starts apart that claim the same number (a copied data folder); null when not said. */
  readonly startId: string | null;
  /** It was told to stop by a newer start: it takes the id back only when that one has gone. */
  readonly yields: boolean;
  readonly capacity: Resources;
  /** True when the worker stated no capacity and the default is used. */
  readonly assumed: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Runtimes by their names, where its dialect has others than those known. */
  readonly technologies: readonly string[];
  /** Processor architecture such as `amd64`; null when not stated. */
  readonly architecture: string | null;
  /** What its dialect says of it beside: add-ons, and drivers of volumes and graphics cards. Absent: none. */
  readonly addons?: readonly string[];
  readonly drivers?: readonly string[];
  readonly gpuDrivers?: readonly string[];
  /** What it can do beside starting and stopping, by technology: `docker:ports`. */
  readonly features: readonly string[];
  /** Folders of the machine below which jobs may be given one. */
  readonly hostPaths: readonly string[];
  /** Names of credentials that it keeps for jobs to pull with. */
  readonly registries: readonly string[];
  readonly acknowledges: boolean;
  readonly enforcesStop: boolean;
  /** The secret that a former registration was answered with; never stored or logged. */
  readonly token: string | null;
  /** Fields that are not ours, kept as they came. */
  readonly extra: JsonObject;
}

/** What a worker says: who it is, and of the rest what it has to say. */
export type RegistrationSaid = Pick<Registration, 'id' | 'name' | 'ip' | 'port'> &
  Partial<Omit<Registration, 'id' | 'name' | 'ip' | 'port'>>;

const members: Members<
  Omit<Registration, 'assumed' | 'extra' | 'addons' | 'drivers' | 'gpuDrivers'>
> = {
  id: must(idOf),
  name: must((value, name) => textOrNumberOf(value, name, 256)),
  ip: must((value, name) => textOf(value, name, 256)),
  port: must(portOf),
  incarnation: may(incarnationOf, null),
  startId: may(wordIn, null),
  yields: may(booleanOf, false),
  capacity: may((value, name) => resourcesOf(value, name, assumedCapacity), assumedCapacity),
  labels: may(labelsOf, {}),
  technologies: may(technologyListOf, ['docker' as const]),
  architecture: may(wordIn, null),
  features: may(wordsOf(64), []),
  hostPaths: may(wordsOf(1024), []),
  registries: may(wordsOf(64), []),
  acknowledges: may(booleanOf, false),
  enforcesStop: may(booleanOf, false),
  token: may(tokenOf, null),
};

/** Enough for 64 labels of the greatest length: each change of it is kept for ever. */
const maxRegistrationCharacters = 32_768;

export const registration: Codec<Registration, RegistrationSaid> = {
  members: Object.keys(members),
  write: ({ assumed, capacity, extra, ...said }) => ({
    ...extra,
    ...said,
    ...(assumed === true ? {} : { capacity }),
  }),
  read: (body) => {
    const { length } = JSON.stringify(body);
    if (length > maxRegistrationCharacters) {
      const detail = `The registration has ${length} characters; ${maxRegistrationCharacters} is the most.`;
      return refused('payload-too-large', detail);
    }
    const leftOut = new LeftOut();
    const said = readMembers(members, body, leftOut);
    if (!said.ok) return said;
    const assumed = body['capacity'] === undefined || body['capacity'] === null;
    const others = Object.entries(body).filter(([name]) => !Object.hasOwn(members, name));
    return { ok: true, value: { ...said.value, assumed, extra: Object.fromEntries(others) } };
  },
};

/** The body of a registration, however it came. */
export const parseRegistration = registration.read;

function portOf(value: unknown, name: string): Parsed<number> {
  const numeric = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return integerOf(numeric, name, { minimum: 0, maximum: 65_535 });
}

function technologyListOf(value: unknown, name: string): Parsed<readonly Technology[]> {
  if (!Array.isArray(value) || value.length > 16) {
    return refused('invalid-field', `${name} is not a list of at most 16.`, name, value);
  }
  const known = new Set<Technology>();
  for (const [index, entry] of value.entries()) {
    const technology = technologyOf(entry, `${name}.${index}`);
    if (!technology.ok) return technology;
    known.add(technology.value);
  }
  return { ok: true, value: [...known].sort() };
}

const maxWords = 64;

/** A list of texts, each once, in order. */
function wordsOf(maxCharacters: number) {
  return (value: unknown, name: string): Parsed<readonly string[]> => {
    if (!Array.isArray(value) || value.length > maxWords) {
      return refused('invalid-field', `${name} is not a list of at most ${maxWords}.`, name, value);
    }
    const words = new Set<string>();
    for (const [index, entry] of value.entries()) {
      const word = textOf(entry, `${name}.${index}`, maxCharacters);
      if (!word.ok) return word;
      words.add(word.value);
    }
    return { ok: true, value: [...words].sort() };
  };
}

/** A refused token must not travel into logs and dead letters. */
function tokenOf(value: unknown, name: string): Parsed<string> {
  const token = textOf(value, name, 256);
  return token.ok
    ? token
    : refused(token.refusal.code, `${name} is not a text of 1 to 256 characters.`, name);
}

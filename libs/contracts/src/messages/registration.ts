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
} from './parsing.js';
import { assumedCapacity, resourcesOf, type Resources } from './resources.js';
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
  readonly technologies: readonly Technology[];
  /** Processor architecture such as `amd64`; null when not stated. */
  readonly architecture: string | null;
  readonly acknowledges: boolean;
  readonly enforcesStop: boolean;
  /** The secret that a former registration was answered with; never stored or logged. */
  readonly token: string | null;
  /** Fields that are not ours, kept as they came. */
  readonly extra: JsonObject;
}

const knownFields = new Set([
  'id',
  'name',
  'ip',
  'port',
  'incarnation',
  'startId',
  'yields',
  'capacity',
  'labels',
  'technologies',
  'architecture',
  'acknowledges',
  'enforcesStop',
  'token',
]);

export const incarnationRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Enough for 64 labels of the greatest length: each change of it is kept for ever. */
const maxRegistrationCharacters = 32_768;

export function parseRegistration(body: JsonObject): Parsed<Registration> {
  const { length } = JSON.stringify(body);
  if (length > maxRegistrationCharacters) {
    const detail = `The registration has ${length} characters; ${maxRegistrationCharacters} is the most.`;
    return refused('payload-too-large', detail);
  }
  const id = idOf(body['id'], 'id');
  if (!id.ok) return id;
  const name = textOrNumberOf(body['name'], 'name', 256);
  if (!name.ok) return name;
  const ip = textOf(body['ip'], 'ip', 256);
  if (!ip.ok) return ip;
  const port = portOf(body['port']);
  if (!port.ok) return port;
  const options = parseOptions(body);
  if (!options.ok) return options;
  return {
    ok: true,
    value: {
      id: id.value,
      name: name.value,
      ip: ip.value,
      port: port.value,
      ...options.value,
      extra: Object.fromEntries(Object.entries(body).filter(([key]) => !knownFields.has(key))),
    },
  };
}

type Options = Omit<Registration, 'id' | 'name' | 'ip' | 'port' | 'extra'>;

function parseOptions(body: JsonObject): Parsed<Options> {
  const incarnation = optional(body['incarnation'], null, (value) =>
    integerOf(value, 'incarnation', incarnationRange),
  );
  if (!incarnation.ok) return incarnation;
  const startId = optional(body['startId'], null, (value) => textOf(value, 'startId', 64));
  if (!startId.ok) return startId;
  const yields = optional(body['yields'], false, (value) => booleanOf(value, 'yields'));
  if (!yields.ok) return yields;
  const capacity = optional(body['capacity'], assumedCapacity, (value) =>
    resourcesOf(value, 'capacity', assumedCapacity),
  );
  if (!capacity.ok) return capacity;
  const labels = optional(body['labels'], {}, (value) => labelsOf(value, 'labels'));
  if (!labels.ok) return labels;
  const technologies = optional(body['technologies'], ['docker' as const], technologyListOf);
  if (!technologies.ok) return technologies;
  const architecture = optional(body['architecture'], null, (value) =>
    textOf(value, 'architecture', 64),
  );
  if (!architecture.ok) return architecture;
  const acknowledges = optional(body['acknowledges'], false, (value) =>
    booleanOf(value, 'acknowledges'),
  );
  if (!acknowledges.ok) return acknowledges;
  const enforcesStop = optional(body['enforcesStop'], false, (value) =>
    booleanOf(value, 'enforcesStop'),
  );
  if (!enforcesStop.ok) return enforcesStop;
  const token = optional(body['token'], null, (value) => textOf(value, 'token', 256));
  if (!token.ok) return withoutValue(token);
  return {
    ok: true,
    value: {
      incarnation: incarnation.value,
      startId: startId.value,
      yields: yields.value,
      capacity: capacity.value,
      assumed: body['capacity'] === undefined || body['capacity'] === null,
      labels: labels.value,
      technologies: technologies.value,
      architecture: architecture.value,
      acknowledges: acknowledges.value,
      enforcesStop: enforcesStop.value,
      token: token.value,
    },
  };
}

/** Absent and null both mean "not stated". */
export function optional<T, D>(
  value: unknown,
  fallback: D,
  parse: (value: unknown) => Parsed<T>,
): Parsed<T | D> {
  return value === undefined || value === null ? { ok: true, value: fallback } : parse(value);
}

function portOf(value: unknown): Parsed<number> {
  const numeric = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return integerOf(numeric, 'port', { minimum: 0, maximum: 65_535 });
}

function technologyListOf(value: unknown): Parsed<readonly Technology[]> {
  if (!Array.isArray(value) || value.length > 16) {
    return refused(
      'invalid-field',
      'technologies is not a list of at most 16.',
      'technologies',
      value,
    );
  }
  const known = new Set<Technology>();
  for (const [index, entry] of value.entries()) {
    const technology = technologyOf(entry, `technologies.${index}`);
    if (!technology.ok) return technology;
    known.add(technology.value);
  }
  return { ok: true, value: [...known].sort() };
}

// A refused token must not travel into logs and dead letters.
function withoutValue(parsed: Parsed<unknown>): Parsed<never> {
  if (parsed.ok) return refused('invalid-field', 'token is unusable.', 'token');
  return refused(parsed.refusal.code, 'token is not a text of 1 to 256 characters.', 'token');
}

/** Answer on `nodes/<id>/registered`. */
export interface Registered {
  readonly id: string;
  readonly accepted: boolean;
  readonly code?: string;
  readonly detail?: string;
  /** Given until the node has presented it, then never again. */
  readonly token?: string;
  /** Of the start that the node is at now, also where another one was refused. */
  readonly incarnation: number;
  /** Of the registration that this answers, where it said one: the topic is shared by all who claim the id. */
  readonly startId?: string;
  readonly epoch: number;
  /** Identity of the manager's ledger. */
  readonly ledger?: string;
  /** The manager's time, ISO 8601: a worker learns its clock's offset from it. */
  readonly at: string;
  /** How often the manager wants a reading, milliseconds. */
  readonly periodMs: number;
}

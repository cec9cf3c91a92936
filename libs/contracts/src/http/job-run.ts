import { isObject, refused, shortened, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { isSecretReference } from './job-secrets.js';

/** `cmd` (or `command`) of a job: a list of texts; null when there is none. */
export function parseCommand(job: JsonObject): Parsed<readonly string[] | null> {
  const field = (job['cmd'] ?? null) === null ? 'command' : 'cmd';
  const list = job[field];
  if (list === undefined || list === null) return { ok: true, value: null };
  // Never a text to be split: quoting rules would be guessed.
  if (!isCommand(list)) return unusable(field, list, commandForm);
  return { ok: true, value: list.length === 0 ? null : list };
}

export const commandForm = '["program", "argument", …]';

export function isCommand(value: unknown): value is readonly string[] {
  return isListOfTexts(value) && !value.some(hasNul);
}

export function isEnvironment(value: unknown): boolean {
  return parseEnvironment({ environment: value }).ok;
}

/** Names and values as a process takes them: no name is empty or has `=`, nothing has a NUL. */
const environmentName = /^[^=\0]+$/;
export const environmentForm =
  '["NAME=value", …] or {"NAME": "value", …}, where a value may be {"secret": "name"}';

/** What `environment` of a job says: values, and by their variables the names of secrets. */
export interface Environment {
  readonly environment: Readonly<Record<string, string>>;
  readonly secretEnvironment: Readonly<Record<string, string>>;
}

/**
 * `environment` of a job: `["NAME=value"]` or `{NAME: "value"}`; numbers and booleans are written out. A value by
 * `{secret: name}` is that of a secret.
 */
export function parseEnvironment(job: JsonObject): Parsed<Environment> {
  const given = job['environment'];
  if (given === undefined || given === null) {
    return { ok: true, value: { environment: {}, secretEnvironment: {} } };
  }
  if (!Array.isArray(given) && !isObject(given))
    return unusable('environment', given, environmentForm);
  const variables = new Map<string, string>();
  const secrets = new Map<string, string>();
  const entries = Array.isArray(given) ? given.map(assignmentOf) : Object.entries(given);
  for (const [at, [name, value]] of entries.entries()) {
    const entry: unknown = Array.isArray(given) ? given[at] : { [name]: value };
    const isSecret = isSecretReference(value);
    const isVariable =
      environmentName.test(name) && (isSecret || (isScalar(value) && !hasNul(value)));
    if (!isVariable) return unusable('environment', entry, environmentForm);
    if (isSecret) secrets.set(name, value.secret);
    else variables.set(name, String(value));
  }
  return {
    ok: true,
    value: {
      environment: Object.fromEntries(variables),
      secretEnvironment: Object.fromEntries(secrets),
    },
  };
}

/** Without a `=` there is no name. */
function assignmentOf(entry: unknown): [name: string, value: unknown] {
  const text = typeof entry === 'string' ? entry : '';
  const at = text.indexOf('=');
  return at === -1 ? ['', undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function hasNul(value: unknown): boolean {
  return String(value).includes('\0');
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A process whose command is given: its `image` is a name for people, and is not run. */
export function imageIsRun(document: JsonObject): boolean {
  const command = parseCommand(document);
  return document['technology'] !== 'process' || (command.ok && command.value === null);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string' && !hasNul(part));
}

function unusable(field: string, value: unknown, form: string): ReturnType<typeof refused> {
  const shown = JSON.stringify(shortened(value));
  return refused('invalid-field', `${field} is ${shown}, not of the form ${form}.`, field, value);
}

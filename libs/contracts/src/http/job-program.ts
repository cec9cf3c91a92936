import { may, readMembers, wordOf } from '../messages/codec.js';
import { LeftOut } from '../messages/left-out.js';
import { unlike, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { nameIn } from './job-ports.js';
import { commandForm, isCommand, parseCommand, parseEnvironment } from './job-run.js';
import { isSecretReference, type SecretReference } from './job-secrets.js';
import { pathIn } from './job-volumes.js';

export const pullChoices = ['always', 'missing', 'never'] as const;
export type PullChoice = (typeof pullChoices)[number];

/** What is run, as whom and where. */
export interface Program {
  /** Program and arguments, instead of the image's own; null: the image's own. */
  readonly command: readonly string[] | null;
  /** What follows: behind `command`, or behind the image's own program in place of its arguments. Null: nothing. */
  readonly args: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Names of secrets by the variables that are to have their values. */
  readonly secretEnvironment: Readonly<Record<string, string>>;
  readonly workingDirectory: string | null;
  readonly user: string | null;
  readonly pull: PullChoice;
  /** What the worker's owner keeps credentials under, or a secret that has them. */
  readonly registryCredentials: string | SecretReference | null;
}

/** All that a job document says of its program. */
export function parseProgram(job: JsonObject): Parsed<Program> {
  const command = parseCommand(job);
  if (!command.ok) return command;
  const environment = parseEnvironment(job);
  if (!environment.ok) return environment;
  const read = readMembers(members, job, new LeftOut());
  if (!read.ok) return read;
  const whole = { command: command.value, ...environment.value, ...read.value };
  return { ok: true, value: whole };
}

const userName = '(?:[A-Za-z_][A-Za-z0-9_-]{0,63}|\\d{1,10})';
export const userPattern = new RegExp(`^${userName}(?::${userName})?$`);
export const userExpectation = 'a user: a name or a uid, and a group behind a colon';

const members = {
  args: may<readonly string[]>(
    (value, field) =>
      isCommand(value) ? { ok: true, value } : unlike(field, value, `of the form ${commandForm}`),
    null,
  ),
  workingDirectory: may(pathIn, null),
  user: may<string>(userOf, null),
  pull: may<PullChoice, PullChoice>(wordOf(pullChoices), 'missing'),
  registryCredentials: may<string | SecretReference>(
    (value, field) => (isSecretReference(value) ? { ok: true, value } : nameIn(value, field)),
    null,
  ),
};

/** YAML reads a uid as a number. */
function userOf(value: unknown, field: string): Parsed<string> {
  const user = typeof value === 'number' ? String(value) : value;
  return typeof user === 'string' && userPattern.test(user)
    ? { ok: true, value: user }
    : unlike(field, value, userExpectation);
}

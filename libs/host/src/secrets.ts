import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Record<string, string | undefined>;

/** Variables whose value is a secret whatever it is; another one is when it is an address with a password. */
const secretNames: ReadonlySet<string> = new Set([
  'OAKRING_MQTT_PASSWORD',
  'OAKRING_TOKEN',
  'OAKRING_WORKER_JOIN_TOKEN',
  'OAKRING_MANAGER_TOKEN',
  'OAKRING_SCHEDULER_TOKEN',
  'OAKRING_BACKUP_PASSPHRASE',
  'CLUSTER_KEYFILE_PASSWORD',
]);
const unverified = 'NODE_TLS_REJECT_UNAUTHORIZED';
const hasCredentials = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;
const secretFlags: readonly string[] = ['--token', '--manager-token', '--scheduler-token'];

/**
 * What our environment (`process.env`) says, secrets included, and takes those out of it: a job's process runs under
 * the same user as its worker and can read `/proc/<pid>/environ` of every process of that user. That
 * file shows the memory that the program was started with, which `delete process.env.X` leaves as it
 * was; so the values are overwritten there. On other systems than Linux only `process.env` forgets.
 * The same with a token or a password in the command line, which every user of the machine can read.
 * `warn` hears of what can be read there all the same.
 *
 * Not held: a program of the same user that may look into our memory (ptrace, `/proc/<pid>/mem`).
 */
export function takeEnvironment(
  env: Environment,
  warn: (line: string) => void,
  proc = '/proc/self',
): Environment {
  const taken = { ...env };
  keepVerifying(env, warn);
  const names = Object.keys(taken).filter((name) => isSecret(name, taken[name] ?? ''));
  for (const name of names) delete env[name];
  const entries = names.map((name) => Buffer.from(`${name}=`).toString('latin1'));
  overwrite(join(proc, 'environ'), warn, ([entry = '']) => {
    const start = entries.find((name) => entry.startsWith(name));
    return start === undefined ? null : start.length;
  });
  overwrite(join(proc, 'cmdline'), warn, secretArgument);
  return taken;
}

/** Node looks for it at each connection by TLS, of every library in this process. */
function keepVerifying(env: Environment, warn: (line: string) => void): void {
  if (env[unverified] === undefined) return;
  delete env[unverified];
  warn(
    `${unverified} has no effect: certificates are always verified. OAKRING_TLS_CA names whom to believe.`,
  );
}

function isSecret(name: string, value: string): boolean {
  return value !== '' && (secretNames.has(name) || hasCredentials.test(value));
}

function secretArgument([argument = '', before]: readonly string[]): number | null {
  if (before !== undefined && secretFlags.includes(before)) return 0;
  const value = /^--[a-z-]+=/.exec(argument)?.[0].length ?? 0;
  const isFlagged = secretFlags.some((flag) => argument.startsWith(`${flag}=`));
  return isFlagged || hasCredentials.test(argument.slice(value)) ? value : null;
}

/** Where the secret begins in an entry (which comes with the one before it); null: there is none. */
type SecretIn = (entries: readonly string[]) => number | null;

interface Part {
  readonly at: number;
  readonly length: number;
}

/** In the memory that the kernel shows as `file`. Without such a file there is nothing to be read. */
function overwrite(file: string, warn: (line: string) => void, secretIn: SecretIn): void {
  let reason = 'it was overwritten to no effect';
  try {
    for (const { at, length } of secretsIn(file, secretIn)) {
      write(join(file, '../mem'), startOf(file) + at, length);
    }
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  if (secretsIn(file, secretIn).length === 0) return;
  const shown = file.replace('self', String(process.pid));
  warn(`A token or password of ours can be read in ${shown} as long as this runs: ${reason}.`);
}

/** Of a file of entries that each end with a zero. */
function secretsIn(file: string, secretIn: SecretIn): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  let before = '';
  for (const entry of contentOf(file).split('\0')) {
    const from = secretIn([entry, before]);
    const isHidden = from === null || /^\**$/.test(entry.slice(from));
    if (from !== null && !isHidden) parts.push({ at: at + from, length: entry.length - from });
    at += entry.length + 1;
    before = entry;
  }
  return parts;
}

/** One character a byte. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Fields 48 (arg_start) and 50 (env_start) of proc(5)'s stat; the name in field 2 may hold blanks and
 * brackets.
 */
function startOf(file: string): number {
  const stat = readFileSync(join(file, '../stat'), 'latin1');
  const field = file.endsWith('cmdline') ? 48 : 50;
  const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3]);
  if (!Number.isSafeInteger(start) || start <= 0) throw new Error('no address of it is shown');
  return start;
}

function write(path: string, address: number, length: number): void {
  const memory = openSync(path, 'r+');
  try {
    writeSync(memory, Buffer.alloc(length, '*'), 0, length, address);
  } finally {
    closeSync(memory);
  }
}

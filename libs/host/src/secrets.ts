import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

type Environment = Record<string, string | undefined>;

/** Variables whose value is a secret whatever it is; another one is when it is an address with a password. */
const secretNames: ReadonlySet<string> = new Set(['OAKRING_MQTT_PASSWORD', 'OAKRING_TOKEN']);
const hasCredentials = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/**
 * What our environment (`process.env`) says, secrets included, and takes those out of it: a job's process runs under
 * the same user as its worker and can read `/proc/<pid>/environ` of every process of that user. That
 * file shows the memory that the program was started with, which `delete process.env.X` leaves as it
 * was; so the values are overwritten there. On other systems than Linux only `process.env` forgets.
 *
 * Not held: a program of the same user that may look into our memory (ptrace, `/proc/<pid>/mem`).
 */
export function takeEnvironment(env: Environment): Environment {
  const taken = { ...env };
  const names = Object.keys(taken).filter((name) => isSecret(name, taken[name] ?? ''));
  for (const name of names) {
    delete env[name];
    overwrite(name);
  }
  return taken;
}

function isSecret(name: string, value: string): boolean {
  return value !== '' && (secretNames.has(name) || hasCredentials.test(value));
}

/** In the memory that the kernel shows as our environment. What cannot be reached is left. */
function overwrite(name: string): void {
  try {
    const shown = readFileSync('/proc/self/environ');
    const entry = Buffer.from(`${name}=`);
    for (let at = 0; at < shown.length;) {
      const end = shown.indexOf(0, at) === -1 ? shown.length : shown.indexOf(0, at);
      if (shown.subarray(at, end).subarray(0, entry.length).equals(entry)) {
        write(environmentStart() + at + entry.length, end - at - entry.length);
      }
      at = end + 1;
    }
  } catch {
    // There is no such file, or we may not: the environment stays as it was started with.
  }
}

/** Field 50 (env_start) of proc(5)'s stat; the name in field 2 may hold blanks and brackets. */
function environmentStart(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[47]);
  if (!Number.isSafeInteger(start) || start <= 0) throw new Error('no environment is shown');
  return start;
}

function write(address: number, length: number): void {
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    writeSync(memory, Buffer.alloc(length, '*'), 0, length, address);
  } finally {
    closeSync(memory);
  }
}

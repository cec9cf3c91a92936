import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../../../../infra/machine/free-port.js';
import { spokenDialects } from '../../wires/spoken.js';
import { dynamicSecurityFile } from '../files/dynamic-security-file.js';
import { mosquittoAccess } from '../files/mosquitto-access.js';

const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };
/** Where Debian and others put Mosquitto's plugin. */
const plugins = ['x86_64-linux-gnu/', 'aarch64-linux-gnu/', ''].map(
  (place) => `/usr/lib/${place}mosquitto_dynamic_security.so`,
);

export const managerAccount = { username: 'oakring', password: 'secret of the manager' };
/** May say and hear everything: for looking on. */
export const overseerAccount = { username: 'overseer', password: 'secret of the overseer' };

export interface ClosedMosquitto {
  /** Workers come here: they are called as their user. */
  readonly port: number;
  readonly managerPort: number;
  /** `kill -9`; `forgets`: without the accounts that it had, at the next start. */
  kill(forgets?: 'forgets'): Promise<void>;
  /** Again, on the same ports. */
  start(): Promise<void>;
  /** Kills it, and takes its files away. */
  end(): Promise<void>;
}

type Known =
  /** By a file of passwords, with these users. */
  | { readonly by: 'passwords'; readonly users: readonly { username: string; password: string }[] }
  /** By accounts, which the manager keeps. */
  | { readonly by: 'accounts' };

/** Null, and said, where there is no Mosquitto with its plugin on this machine. */
export function mosquittoPlugin(): string | null {
  const plugin = plugins.find((path) => existsSync(path)) ?? null;
  const missing = spawnSync('mosquitto', ['-h'], { env }).error !== undefined;
  if (plugin !== null && !missing) return plugin;
  console.warn(
    'NOT TESTED with a real Mosquitto: it, or mosquitto_dynamic_security.so, is not here',
  );
  return null;
}

/** A Mosquitto as docs/operations.md has it set up, on loopback and without TLS. */
export async function startClosedMosquitto(known: Known): Promise<ClosedMosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-closed-'));
  // Started by root it becomes another user before it reads these.
  chmodSync(folder, 0o777);
  const [port, managerPort] = [await freePort(), await freePort()];
  const file = (name: string): string => join(folder, name);
  const write = (name: string, text: string): void => {
    writeFileSync(file(name), text);
    chmodSync(file(name), 0o666);
  };
  const forget = (): void => write('accounts.json', accountsFile());
  const overseer = `user ${overseerAccount.username}\ntopic readwrite #\ntopic readwrite $CONTROL/#\n`;
  write('acl', `${mosquittoAccess(spokenDialects)}\n${overseer}`);
  const conf = [
    ...[`listener ${managerPort} 127.0.0.1`, `listener ${port} 127.0.0.1`],
    ...['use_username_as_clientid true', 'allow_anonymous false', `acl_file ${file('acl')}`],
  ];
  if (known.by === 'accounts') {
    forget();
    conf.push(`plugin ${mosquittoPlugin()}`, `plugin_opt_config_file ${file('accounts.json')}`);
  } else {
    const users = [managerAccount, overseerAccount, ...known.users];
    write('passwords', users.map(({ username, password }) => `${username}:${password}\n`).join(''));
    spawnSync('mosquitto_passwd', ['-U', file('passwords')], { env });
    chmodSync(file('passwords'), 0o666);
    conf.push(`password_file ${file('passwords')}`);
  }
  write('mosquitto.conf', `${conf.join('\n')}\n`);
  let running = await started(file('mosquitto.conf'));
  const kill = async (forgets?: 'forgets'): Promise<void> => {
    await running();
    if (forgets !== undefined) forget();
  };
  return {
    ...{ port, managerPort, kill },
    start: async () => {
      running = await started(file('mosquitto.conf'));
    },
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With the overseer, who is in no file of ours. */
function accountsFile(): string {
  const text = dynamicSecurityFile(spokenDialects, {
    ...managerAccount,
    salt: Buffer.from('of the test.'),
  });
  const overseer = dynamicSecurityFile([], {
    ...overseerAccount,
    salt: Buffer.from('of the test!'),
  });
  // What was written a line above.
  const [file, other] = [text, overseer].map((each) => JSON.parse(each) as { clients: object[] });
  const clients = [
    ...(file?.clients ?? []),
    ...(other?.clients ?? []).map((each) => ({ ...each, roles: [] })),
  ];
  return JSON.stringify({ ...file, clients });
}

/** How to kill it. */
async function started(config: string): Promise<() => Promise<void>> {
  const child = spawn('mosquitto', ['-c', config], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    const seen: string[] = [];
    createInterface(child.stderr)
      .on('line', (line) => {
        seen.push(line);
        if (line.endsWith(' running')) resolve();
      })
      .on('close', () => reject(new Error(`mosquitto ended:\n${seen.join('\n')}`)));
  });
  return async () => {
    child.kill('SIGKILL');
    await exited;
  };
}

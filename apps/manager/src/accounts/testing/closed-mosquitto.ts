import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../../../../infra/machine/free-port.js';
import { spokenDialects } from '../../wires/spoken.js';
import { mosquittoAccess } from '../files/mosquitto-access.js';

const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };
export const managerAccount = { username: 'oakring', password: 'secret of the manager' };
/** May say and hear everything: for looking on. */
export const overseerAccount = { username: 'overseer', password: 'secret of the overseer' };

export interface ClosedMosquitto {
  /** Workers come here: they are called as their user. */
  readonly port: number;
  readonly managerPort: number;
  /** Kills it, and takes its files away. */
  end(): Promise<void>;
}

/** Says so where there is no Mosquitto on this machine. */
export function hasMosquitto(): boolean {
  if (spawnSync('mosquitto', ['-h'], { env }).error === undefined) return true;
  console.warn('NOT TESTED with a real Mosquitto: it is not here');
  return false;
}

/** A Mosquitto as docs/operations.md has it set up, on loopback and without TLS. */
export async function startClosedMosquitto(
  users: readonly { readonly username: string; readonly password: string }[],
): Promise<ClosedMosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-closed-'));
  // Started by root it becomes another user before it reads these.
  chmodSync(folder, 0o755);
  const [port, managerPort] = [await freePort(), await freePort()];
  const file = (name: string): string => join(folder, name);
  const write = (name: string, text: string): void => {
    writeFileSync(file(name), text);
    chmodSync(file(name), 0o644);
  };
  const overseer = `user ${overseerAccount.username}\ntopic readwrite #\ntopic readwrite $CONTROL/#\n`;
  write('acl', `${mosquittoAccess(spokenDialects)}\n${overseer}`);
  const all = [managerAccount, overseerAccount, ...users];
  write('passwords', all.map(({ username, password }) => `${username}:${password}\n`).join(''));
  spawnSync('mosquitto_passwd', ['-U', file('passwords')], { env });
  chmodSync(file('passwords'), 0o644);
  const conf = [
    ...[`listener ${managerPort} 127.0.0.1`, `listener ${port} 127.0.0.1`],
    ...['use_username_as_clientid true', 'allow_anonymous false', `acl_file ${file('acl')}`],
    `password_file ${file('passwords')}`,
  ];
  write('mosquitto.conf', `${conf.join('\n')}\n`);
  const kill = await started(file('mosquitto.conf'));
  return {
    ...{ port, managerPort },
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import {
  hasMosquitto,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { call, eventually, untilAll } from './kit/http.js';
import { leaderOf } from './kit/managers.js';
import {
  endGroup,
  oakring,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const program = `${process.execPath} ${resolve('bin/oakring.js')}`;
const suite = hasMosquitto() ? describeWithMongod : describe.skip;

suite('A command in an instance, through the manager that does not lead,', () => {
  const folder = temporaryFolder();
  let mongod: Mongod;
  let mosquitto: RunningBroker;
  let managers: Cluster[] = [];
  let leader: Cluster;
  let follower: Cluster;
  let worker: Running | undefined;

  beforeAll(async () => {
    [mongod, mosquitto] = await Promise.all([startMongod(), startMosquitto()]);
    const mqttUrl = `mqtt://127.0.0.1:${mosquitto.port}`;
    const manager = async (name: string): Promise<Cluster> =>
      up(`${folder.path}/${name}`, {
        ...{ OAKRING_STORE: mongod.url('exec'), OAKRING_MQTT_URL: mqttUrl },
        OAKRING_PORT: String(await freePort()),
      });
    managers = await Promise.all([manager('a'), manager('b')]);
    leader = await leaderOf(managers);
    follower = managers.find((one) => one !== leader) ?? leader;
    worker = oakring(['worker', '--id', 'w1'], {
      ...{ OAKRING_WORKER_RUNTIMES: 'process', OAKRING_MQTT_URL: mqttUrl },
      OAKRING_WORKER_DATA: `${folder.path}/w1`,
    });
    const job = {
      ...{ id: 'web', name: 'web', image: '/bin/sleep', technology: 'process' },
      ...{ cmd: ['/bin/sleep', '100000'], environment: { WHERE: 'there' } },
      resources: { cpuMillis: 0, memoryMiB: 1 },
    };
    await call('POST', `${follower.url}/api/v1/jobs`, job);
    await untilAll(follower.url, 'web', 'running', 1);
  }, 120_000);
  afterAll(async () => {
    if (worker !== undefined) endGroup(worker);
    for (const one of managers) endGroup(one);
    await mosquitto?.kill();
    await mongod?.remove();
    folder.remove();
  });

  /** In a shell, which has a terminal of its own where `script` gives it one. */
  function shell(url: string, line: string, inTerminal = false): ChildProcess {
    const [command, args] = inTerminal
      ? ['script', ['-qefc', line, '/dev/null']]
      : ['/bin/sh', ['-c', line]];
    const env = {
      PATH: process.env['PATH'],
      HOME: folder.path,
      SHELL: '/bin/sh',
      OAKRING_URL: url,
    };
    return spawn(command as string, args as string[], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async function said(url: string, line: string): Promise<string> {
    const { stdout } = shell(url, line);
    return stdout === null ? '' : text(stdout);
  }

  async function events(type: string): Promise<Record<string, unknown>[]> {
    const query = `type=${type}&stream=jobs/web`;
    const answer = await fetch(`${follower.url}/api/v1/events?${query}`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as { data: Record<string, unknown> }).data);
  }

  it('has what comes in and goes out as it is, its exit code, and its record', async () => {
    const bytes = `${program} job exec web -i -- sh -c 'cat; echo "$WHERE" >&2; exit 7'`;
    const line = `head -c 300000 /dev/zero | ${bytes} 2>/dev/null | wc -c; printf x | ${bytes}; echo " $?"`;
    expect(await said(follower.url, line)).toBe('300000\nx 7\n');
    const ended = await eventually(
      () => events('ExecEnded'),
      ({ length }) => length === 2,
    );
    expect(ended).toMatchObject([
      { outcome: 'exited', exitCode: 7, bytes: { in: 300_000, out: 300_006 } },
      { outcome: 'exited', exitCode: 7, bytes: { in: 1, out: 7 } },
    ]);
  });

  it('ends when the leader is killed: whoever ran it is told and has his terminal back, the record says so, and the next one runs', async () => {
    const modes = (name: string): string => `${folder.path}/${name}`;
    const line =
      `stty -g >${modes('before')}; ` +
      `${program} job exec web 0 -it -- sh -c 'stty size; echo ready; sleep 590; true'; ` +
      `echo code=$?; stty -g >${modes('after')}`;
    const terminal = shell(follower.url, line, true);
    let seen = '';
    terminal.stdout?.setEncoding('utf8').on('data', (part: string) => (seen += part));
    const ended = new Promise((done) => terminal.once('close', done));
    await eventually(
      async () => seen,
      (all) => all.includes('ready'),
    );
    endGroup(leader);
    await ended;
    expect(seen).toMatch(/connection to the manager was lost/);
    expect(seen).toContain('code=255');
    expect(readFileSync(modes('after'), 'utf8')).toBe(readFileSync(modes('before'), 'utf8'));
    await leaderOf([follower]);
    const open = await eventually(
      () => events('ExecEnded'),
      ({ length }) => length === 3,
    );
    const [, , begun] = await events('ExecStarted');
    expect(begun).toMatchObject({ tty: true, nodeId: 'w1' });
    expect(open.at(-1)).toMatchObject({ outcome: 'unknown', exitCode: null, bytes: null });
    // Its worker has heard of another leader.
    const left = `pgrep -fc '^sleep 590'`;
    await eventually(
      () => said(follower.url, left),
      (count) => count.trim() === '0',
    );
    const next = `${program} job exec web -- sh -c 'echo "$WHERE"'; echo "$?"`;
    expect(await said(follower.url, next)).toBe('there\n0\n');
  }, 120_000);
});

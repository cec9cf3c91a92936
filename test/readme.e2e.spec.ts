import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oakring, temporaryFolder, type Running } from './kit/processes.js';

/** Every shell block of the README, with the heading it stands under. */
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^## (.*)$|```sh\n([\s\S]*?)```/gm)];
let heading = '';
const commands: { heading: string; line: string }[] = [];
for (const [, title, block] of blocks) {
  if (title !== undefined) heading = title;
  if (block === undefined) continue;
  for (const line of block.replaceAll('\\\n', ' ').split('\n')) {
    if (line.trim() !== '') commands.push({ heading, line: line.trim() });
  }
}
const tried = (under: string): string[] =>
  commands
    .filter(({ heading: title }) => title === under)
    .map(({ line }) => line)
    .filter((line) => !line.startsWith('alias ') && !elsewhere.test(line));
/** They run until they are stopped, and have tests of their own. */
const elsewhere = /bare-worker\.sh|^npm start$/;
const hasMosquitto = spawnSync('mosquitto_pub', ['--help']).error === undefined;
if (!hasMosquitto) console.error('NOT RUN, there is no mosquitto_pub: a command of the README');

describe('the README', () => {
  const folder = temporaryFolder();
  const data = `${folder.path}/oakring-data`;
  let cluster: Running;
  const workers: Running[] = [];

  async function stop(): Promise<void> {
    for (const running of [...workers.splice(0), cluster]) {
      running.child.kill('SIGINT');
      await running.ended;
    }
  }

  afterAll(() => folder.remove());

  it('names the two commands that a newcomer needs', () => {
    const lines = commands.map(({ line }) => line);
    expect(lines).toContain('npm install && npm run demo');
    expect(lines).toContain('npm install && npm test');
    expect(lines.filter((line) => elsewhere.test(line))).toHaveLength(2);
  });

  // The README names the usual ports: they are free where tests run.
  describe('beside the demo', () => {
    beforeAll(async () => {
      cluster = oakring(['demo'], { OAKRING_DATA: folder.path });
      await cluster.prints(/Try, in another terminal/);
    });
    afterAll(stop);

    it.each(tried('Five minutes'))('works as it says: %s', (line) => works(line, {}));
  });

  describe('beside a cluster that was started with nothing set', () => {
    const env = { OAKRING_DATA: data };
    beforeAll(async () => {
      cluster = oakring(['up'], { ...env, OAKRING_ALLOW_OPEN: 'false' });
      await cluster.prints(/oakring is ready/);
    });
    afterAll(stop);

    it.each(tried('For real'))('works as it says: %s', (line) => works(line, env));
  });

  async function works(line: string, env: Readonly<Record<string, string>>): Promise<void> {
    if (line.startsWith('oakring worker ')) return await startWorker(line, env);
    if (line.includes('mosquitto_pub') && !hasMosquitto) return;
    const script = line
      .replace(/^oakring /, `${process.execPath} bin/oakring.js `)
      .replaceAll('/tmp/', 'oakring-demo/')
      .replaceAll('oakring-demo/', `${folder.path}/`)
      .replaceAll('oakring-data/', `${data}/`)
      .replaceAll('oakring-worker-', `${folder.path}/oakring-worker-`)
      // Where tests run the machine is busy, and what wants some of it would wait.
      .replace('--technology process', '--technology process --cpu 0');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      // What it sees of the cluster is kept nowhere else.
      env: { ...process.env, XDG_CONFIG_HOME: folder.path, ...env },
    });
    // What is too big to fit anywhere is shown to be refused.
    const code = line.includes('demo/big') ? 1 : 0;
    expect([status, stderr.replace(/^\s*$/, '')]).toEqual([code, expect.any(String)]);
    // That one is silent where all is well.
    if (!line.includes('mosquitto_pub')) expect(stdout).not.toBe('');
    expect(stdout).not.toContain('"status":4');
  }

  /** Until it is registered: what the README does next names it. */
  async function startWorker(line: string, env: Readonly<Record<string, string>>): Promise<void> {
    const [, ...args] = line.split(' ');
    const ownData = `${folder.path}/oakring-worker-${args[args.indexOf('--id') + 1]}`;
    const set = { ...env, OAKRING_WORKER_DATA: ownData, OAKRING_ALLOW_OPEN: 'false' };
    const worker = oakring(args, set);
    workers.push(worker);
    await worker.prints(/registered as/);
    await worker.prints(new RegExp(`process ${worker.child.pid}\\b`));
  }
});

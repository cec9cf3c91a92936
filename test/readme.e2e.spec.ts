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
const shown = commands
  .filter(({ heading: under }) => under === 'Five minutes' || under === 'For real')
  .map(({ line }) => line)
  .filter((line) => !line.startsWith('alias '));
/** They run until they are stopped, and have tests of their own. */
const elsewhere = shown.filter((line) => /bare-worker\.sh|^npm start$/.test(line));
const tried = shown.filter((line) => !elsewhere.includes(line));

describe('the README', () => {
  const folder = temporaryFolder();
  let demo: Running;
  const workers: Running[] = [];

  beforeAll(async () => {
    // The README names the usual ports: they are free where tests run.
    demo = oakring(['demo'], { OAKRING_DATA: folder.path });
    await demo.prints(/Try, in another terminal/);
  });

  afterAll(async () => {
    for (const running of [...workers, demo]) {
      running.child.kill('SIGINT');
      await running.ended;
    }
    folder.remove();
  });

  it('names the two commands that a newcomer needs', () => {
    const lines = commands.map(({ line }) => line);
    expect(lines).toContain('npm install && npm run demo');
    expect(lines).toContain('npm install && npm test');
    expect(elsewhere).toHaveLength(2);
  });

  it.each(tried)('works as it says: %s', async (line) => {
    if (line.startsWith('oakring worker ')) return await startWorker(line);
    const script = line
      .replace(/^oakring /, `${process.execPath} bin/oakring.js `)
      .replaceAll('/tmp/', 'oakring-demo/')
      .replaceAll('oakring-demo/', `${folder.path}/`)
      .replaceAll('oakring-worker-', `${folder.path}/oakring-worker-`)
      // Where tests run the machine is busy, and what wants some of it would wait.
      .replace('--technology process', '--technology process --cpu 0');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      // What it sees of the cluster is kept nowhere else.
      env: { ...process.env, XDG_CONFIG_HOME: folder.path },
    });
    // What is too big to fit anywhere is shown to be refused.
    const code = line.includes('demo/big') ? 1 : 0;
    expect([status, stderr.replace(/^\s*$/, '')]).toEqual([code, expect.any(String)]);
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain('"status":4');
  });

  /** Until it is registered: what the README does next names it. */
  async function startWorker(line: string): Promise<void> {
    const [, ...args] = line.split(' ');
    const data = `${folder.path}/oakring-worker-${args[args.indexOf('--id') + 1]}`;
    const worker = oakring(args, { OAKRING_WORKER_DATA: data });
    workers.push(worker);
    await worker.prints(/registered as/);
    await worker.prints(new RegExp(`process ${worker.child.pid}\\b`));
  }
});

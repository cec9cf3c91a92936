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
const fiveMinutes = commands
  .filter((command) => command.heading === 'Five minutes')
  .map(({ line }) => line)
  .filter((line) => !line.startsWith('alias '));
/** They run until they are stopped; other tests start them. */
const endless = fiveMinutes.filter((line) => line.includes('bare-worker.sh'));

describe('the README', () => {
  const folder = temporaryFolder();
  let demo: Running;

  beforeAll(async () => {
    // The README names the usual ports: they are free where tests run.
    demo = oakring(['demo'], { OAKRING_DATA: folder.path });
    await demo.prints(/Try, in another terminal/);
  });

  afterAll(async () => {
    demo.child.kill('SIGINT');
    await demo.ended;
    folder.remove();
  });

  it('names the two commands that a newcomer needs', () => {
    const lines = commands.map(({ line }) => line);
    expect(lines).toContain('npm install && npm run demo');
    expect(lines).toContain('npm install && npm test');
    expect(endless).toHaveLength(1);
  });

  it.each(fiveMinutes.filter((line) => !endless.includes(line)))('works as it says: %s', (line) => {
    const script = line
      .replace(/^oakring /, `${process.execPath} bin/oakring.js `)
      .replaceAll('/tmp/first.bundle', 'oakring-demo/first.bundle')
      .replaceAll('oakring-demo/', `${folder.path}/`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    // What is too big to fit anywhere is shown to be refused.
    const code = line.includes('demo/big') ? 1 : 0;
    expect([status, stderr.replace(/^\s*$/, '')]).toEqual([code, expect.any(String)]);
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain('"status":4');
  });
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

/** Says how its terminal is set: before, while keys are taken, and after. */
const program = `
  import { spawnSync } from 'node:child_process';
  import { byteIo } from '${process.cwd()}/apps/cli/src/byte-io.ts';
  const said = () => spawnSync('stty', ['-a'], { stdio: ['inherit', 'pipe', 'inherit'] }).stdout.toString();
  const { stdin, stdout, stderr } = process;
  const before = said();
  const restore = byteIo({ stdin, stdout, stderr }, new AbortController().signal).takeKeys();
  const taken = said();
  restore();
  const told = [before, taken, said()].map((each) => /(-?)opost/.exec(each)[1] + ' ' + /(-?)icanon/.exec(each)[1]);
  stdout.write('told:' + JSON.stringify(told) + ':end');
  process.exit(0);
`;

describe('Keys of a real terminal', () => {
  it('are taken as they are pressed, what is shown is left as it comes, and both are put back', async () => {
    const { execPath } = process;
    const words = `--import ${process.cwd()}/infra/typescript/register.js --input-type=module -e "$PROGRAM"`;
    const env = { ...process.env, PROGRAM: program, NODE_OPTIONS: '' };
    const running = promisify(execFile)('script', ['-qec', `${execPath} ${words}`, '/dev/null'], {
      env,
    });
    running.child.stdin?.end();
    const { stdout } = await running;
    expect(/told:(.*):end/.exec(stdout)?.[1]).toBe(JSON.stringify([' ', '- -', ' ']));
  });
});

import { describe, expect, it } from '@jest/globals';
import { exitCodes } from './exit-codes.js';
import { run } from './run.js';
import { testIo } from './testing/test-io.js';

describe('help', () => {
  const commands = [
    ['up'],
    ['scheduler'],
    ['worker'],
    ['demo'],
    ['doctor'],
    ['doctor', 'up'],
    ['doctor', 'scheduler'],
    ['doctor', 'worker'],
    ['cluster'],
    ['node', 'ls'],
    ['node', 'show'],
    ['node', 'cordon'],
    ['node', 'drain'],
    ['node', 'forget'],
    ['node', 'revoke'],
    ['job', 'update'],
    ['job', 'run'],
    ['job', 'ls'],
    ['job', 'show'],
    ['job', 'rm'],
    ['job', 'scale'],
    ['job', 'move'],
    ['decision', 'show'],
    ['events'],
    ['backup'],
    ['restore'],
    ['dead-letters'],
    ['root'],
    ['root', 'forgotten'],
  ];

  it.each(commands)('of %s %s has an example', async (...argv) => {
    const io = testIo();
    expect(await run([...argv, '--help'], io, {})).toBe(0);
    expect(io.written()).toMatch(new RegExp(`Examples?:\n {2}oakring ${argv.join(' ')}`));
  });

  it.each([
    ['help', 'job', 'run'],
    ['job', 'help', 'run'],
  ])('by word is the page of the whole command: %s %s %s', async (...argv) => {
    const io = testIo();
    expect(await run(argv, io, {})).toBe(0);
    expect(io.written()).toMatch(/^Usage: oakring job run /);
  });

  it('by a word that is no command is refused', async () => {
    const io = testIo();
    expect(await run(['help', 'job', 'nonsense'], io, {})).toBe(2);
  });

  it('of a worker says what jobs may ask of its machine, and by which flags its owner allows it', async () => {
    const io = testIo();
    expect(await run(['worker', '--help'], io, {})).toBe(0);
    expect(io.written()).toMatch(
      /What jobs may ask of this machine is its owner's choice[^]*--host-paths, --shared-networks, --low-ports, --run-as, --users/,
    );
  });

  it('lists the exit codes', async () => {
    const io = testIo();
    expect(await run(['--help'], io, {})).toBe(0);
    const listed = [...io.written().matchAll(/^ {2}(\d) {2}\S/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(exitCodes));
  });

  it('is not needed for the version', async () => {
    const io = testIo();
    expect(await run(['--version'], io, {})).toBe(0);
    expect(io.written()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

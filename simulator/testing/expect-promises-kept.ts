import { expect } from '@jest/globals';
import { execFile } from 'node:child_process';

interface Verdict {
  readonly seed: number;
  readonly violation: string | null;
}

/** `npm run simulate` as its user runs it, in a process of its own. */
export async function expectPromisesKept(from: number, seeds: number): Promise<void> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    ...['--import', './libs/events/testing/register-typescript.mjs', 'simulator/main.ts'],
    ...['--json', '--from', String(from), '--seeds', String(seeds)],
  ];
  const output = await new Promise<string>((resolve) => {
    // It ends with a code of its own when a seed failed: its words say more.
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (_error, out, err) =>
      resolve(out === '' ? err : out),
    );
  });
  const verdicts = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
  expect(verdicts).toHaveLength(seeds);
  expect(verdicts.flatMap(({ violation }) => violation ?? [])).toEqual([]);
}

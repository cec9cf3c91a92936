import { execFile } from 'node:child_process';
import { typescriptArguments } from '../../infra/typescript/typescript-arguments.js';
import type { Verdict } from '../simulation.js';

/**
 * `npm run simulate` as its user runs it, in a process of its own: under Jest a seed takes six times
 * as long. What a seed throws away at once is collected at once with room for it: a seventh of its time.
 */
export async function verdictsOf(args: readonly string[]): Promise<readonly Verdict[]> {
  const room = '--max-semi-space-size=64';
  const program = [room, ...typescriptArguments('simulator/main.ts'), '--json'];
  const output = await new Promise<string>((resolve) => {
    // It ends with a code of its own when a seed failed: its words say more.
    execFile(process.execPath, [...program, ...args], { maxBuffer: 2 ** 26 }, (_error, out, err) =>
      resolve(out === '' ? err : out),
    );
  });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
}

import { execFile } from 'node:child_process';
import { typescriptArguments } from '../../infra/typescript/typescript-arguments.js';
import type { Verdict } from '../simulation.js';

/**
 * `npm run simulate` as its user runs it, in a process of its own: under Jest a seed takes six times
 * as long.
 */
export async function verdictsOf(args: readonly string[]): Promise<readonly Verdict[]> {
  const program = [...typescriptArguments('simulator/main.ts'), '--json'];
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

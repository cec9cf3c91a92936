import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Arguments for `node` that run a TypeScript program of this repository as it lies there. For specs that
 * must kill a process, or see what it prints: what is tested is the source, not the last build.
 */
export function typescriptArguments(program: string): string[] {
  return ['--import', join(root, 'infra/typescript/register-bundled.js'), join(root, program)];
}

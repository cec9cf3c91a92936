import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** For specs of a whole program, which starts in a fifth of what its sources take: `npm test` builds it first. */
export function builtProgram(name: 'manager' | 'worker'): string {
  const path = fileURLToPath(new URL(`../../dist/programs/${name}.js`, import.meta.url));
  if (existsSync(path)) return path;
  throw new Error(`There is no ${path}, which this specification starts: run npm run build first.`);
}

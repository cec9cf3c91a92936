// @ts-check
// How TypeScript is compiled, and what aliases mean, as .swcrc and tsconfig.json say it for what ships.
import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** @param {string} name */
function read(name) {
  return JSON.parse(readFileSync(new URL(name, root), 'utf8'));
}

const { jsc, module } = read('.swcrc');

/** @type {import('@swc/core').Options} */
export const compilerOptions = { swcrc: false, sourceMaps: 'inline', jsc, module };

/** @type {Record<string, string[]>} */
export const aliases = read('tsconfig.json').compilerOptions.paths;

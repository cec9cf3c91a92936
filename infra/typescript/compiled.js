// @ts-check
// What was compiled once is kept: a spec that starts a program twenty times compiles it once. To compile
// the whole of a manager costs more than to run what most of those specs ask of it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compilerOptions } from './compiler.js';

const kept = new URL('../../node_modules/.cache/oakring-typescript/', import.meta.url);
const compiler = new URL('../../node_modules/@swc/core/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(compiler, 'utf8'));

/** All that a file's compiled text depends on, but the file. */
const conditions = JSON.stringify([version, compilerOptions]);

/**
 * @param {string} source
 * @param {string} filename
 */
export async function compiled(source, filename) {
  const parts = JSON.stringify([conditions, filename, source]);
  const place = new URL(createHash('sha256').update(parts).digest('hex'), kept);
  try {
    return readFileSync(place, 'utf8');
  } catch {
    // Not compiled yet.
  }
  // Loaded only where there is something to compile.
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, { ...compilerOptions, filename });
  keep(place, code);
  return code;
}

/**
 * Under a name of its own first: other processes that start read at the same time.
 *
 * @param {URL} place
 * @param {string} code
 */
function keep(place, code) {
  const unfinished = new URL(`${place.href}.${process.pid}`);
  try {
    mkdirSync(kept, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, fileURLToPath(place));
  } catch {
    // A tree that nobody may write to: compiled again next time.
  }
}

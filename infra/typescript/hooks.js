// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { aliases } from './compiler.js';
import { compiled } from './compiled.js';

const root = new URL('../../', import.meta.url);
let built = false;
/** @type {Readonly<Record<string, string>>} */
let bundles = {};

/** @type {import('node:module').InitializeHook<{ built?: boolean, bundles?: typeof bundles } | undefined>} */
export function initialize(data) {
  built = data?.built ?? false;
  bundles = data?.bundles ?? {};
}

/** @type {import('node:module').ResolveHook} */
export function resolve(specifier, context, next) {
  const source = sourceOf(specifier, context.parentURL);
  return next(source?.href ?? specifier, context);
}

/**
 * The file that an alias of tsconfig.json names, a package's bundle where there is one, and `./x.ts` for
 * `./x.js`; undefined: as Node finds it.
 *
 * @param {string} specifier
 * @param {string | undefined} parent
 */
function sourceOf(specifier, parent) {
  const bundle = bundles[specifier];
  if (bundle !== undefined) return pathToFileURL(bundle);
  const [alias] = aliases[specifier] ?? [];
  const isRelative = /^\.{1,2}\/.*\.js$/.test(specifier) && parent !== undefined;
  if (alias === undefined && !isRelative) return undefined;
  const source =
    alias === undefined ? new URL(specifier.replace(/\.js$/, '.ts'), parent) : new URL(alias, root);
  if (!existsSync(source)) return undefined;
  return built ? shippedAs(source) : source;
}

/** @param {URL} source */
function shippedAs({ href }) {
  const path = href.slice(root.href.length);
  if (!/^(apps|libs)\//.test(path)) return new URL(href);
  return new URL(`dist/${path.replace(/\.ts$/, '.js')}`, root);
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const source = await compiled(readFileSync(filename, 'utf8'), filename);
  return { format: 'module', source, shortCircuit: true };
}

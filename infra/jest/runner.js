// @ts-check
// Specs of one process of Jest share the modules that they import. Jest itself gives each spec a realm and
// loads all anew there: to read, link and compile what four hundred specs import cost as much as to run most
// of them. Here Node imports them, each module once. Nothing that ships keeps state in a module that a spec
// could find changed; a spec's environment and console are taken back.
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundledPackages } from '../packages/packages.js';
import { speakFor } from './globals.js';

const load = createRequire(import.meta.url);
const globals = fileURLToPath(new URL('globals.js', import.meta.url));
register('../typescript/hooks.js', import.meta.url, {
  data: { bundles: { ...bundledPackages(), '@jest/globals': globals } },
});

// What jest-circus keeps of a spec, which the next one must not find: whoever kept an `it` of a spec that is
// over fails then, where it would say something to nobody.
const kept = new Set(['JEST_STATE_SYMBOL', 'EVENT_HANDLERS']);

/**
 * As Jest calls it: its global and the project's configuration, the environment, the runtime, the spec's path and who
 * is told meanwhile.
 *
 * @param {[any, any, any, any, string, any?]} given
 * @returns {Promise<unknown>}
 */
export default function run(...given) {
  const { default: runCircus } = load('jest-circus/runner');
  const [globalConfig, , environment, runtime] = given;
  // Modules of before are no use where they change meanwhile, nor where Jest counts what runs.
  const isAlone = globalConfig.watch || globalConfig.watchAll || globalConfig.collectCoverage;
  if (isAlone) return runCircus(...given);
  const before = { console: globalThis.console, env: { ...process.env } };
  globalThis.console = environment.global.console;
  // Node names the lines of sources itself.
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  process.setSourceMapsEnabled(true);
  return runCircus(...given.with(3, shared(runtime))).finally(() => {
    globalThis.console = before.console;
    process.env = before.env;
    for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
      if (kept.has(symbol.description ?? '')) Reflect.deleteProperty(globalThis, symbol);
    }
  });
}

/**
 * As much of Jest's runtime as jest-circus asks for, without a realm.
 *
 * @param {any} runtime
 */
function shared(runtime) {
  return {
    requireInternalModule: (/** @type {string} */ file) => {
      Reflect.deleteProperty(load.cache, file);
      return load(file);
    },
    requireModule: load,
    setGlobalsForRuntime: speakFor,
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (/** @type {string} */ file) => import(pathToFileURL(file).href),
    enterTestCode: () => runtime.enterTestCode(),
    leaveTestCode: () => runtime.leaveTestCode(),
  };
}

// Loads verify-and-fold.ts and all that it imports where nothing is but what a browser has as well:
// no process, no Buffer, no require, no module of Node. Reads a list of {"lines", "trust"} and prints what it
// saw of each.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createContext, SourceTextModule, type Context } from 'node:vm';
import { transform } from '@swc/core';
import { compilerOptions } from '../../../../infra/typescript/compiler.js';
import type { verifyAndFold } from './verify-and-fold.js';

interface Page {
  readonly verifyAndFold: typeof verifyAndFold;
}

const page = createContext({ TextEncoder, TextDecoder, atob, btoa, console });
const modules = new Map<string, Promise<SourceTextModule>>();

/** As a browser: each module once, by its address. */
function load(specifier: string, parent: string, context: Context): Promise<SourceTextModule> {
  // The aliases of tsconfig.json, and of packages what they show to `import`.
  const url = import.meta.resolve(specifier, parent);
  const known = modules.get(url) ?? create(url, context);
  modules.set(url, known);
  return known;
}

async function create(url: string, context: Context): Promise<SourceTextModule> {
  if (!url.startsWith('file:')) throw new Error(`${url} is not there in a browser`);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const { code } = url.endsWith('.ts')
    ? await transform(source, { ...compilerOptions, sourceMaps: false })
    : { code: source };
  return new SourceTextModule(code, {
    context,
    identifier: url,
    importModuleDynamically: async (specifier) => {
      const module = await load(specifier, url, context);
      await linked(module, context);
      await module.evaluate();
      return module;
    },
  });
}

async function linked(module: SourceTextModule, context: Context): Promise<void> {
  if (module.status !== 'unlinked') return;
  await module.link((specifier, { identifier }) => load(specifier, identifier, context));
}

const entry = await load('./verify-and-fold.js', import.meta.url, page);
await linked(entry, page);
await entry.evaluate();
const ledgers = JSON.parse(await text(process.stdin)) as { lines: string[]; trust: string }[];
const { verifyAndFold: see } = entry.namespace as Page;
console.log(JSON.stringify(ledgers.map(({ lines, trust }) => see(lines, trust))));

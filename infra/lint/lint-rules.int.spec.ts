import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plantTree, type ScratchTree } from './testing/scratch-tree.js';

// Where a piece of code lies; each gets a file name of its own for the star.
const source = 'apps/manager/src/outbox/*.ts';
const config = 'apps/manager/src/config/*.ts';
const helper = 'apps/manager/src/testing/*.ts';
const system = 'libs/ports/src/system/*.ts';
const lmdb = 'libs/stores/src/log/lmdb/*.ts';
const bench = 'bench/*.ts';
const spec = 'apps/manager/src/outbox/*.spec.ts';
const jest = `import { describe, it, jest } from '@jest/globals';\n`;

const lines = (count: number) => `export const one = 1;\n${'//\n'.repeat(count - 1)}`;
const functionOf = (count: number) => `export function long() {\n${'  //\n'.repeat(count - 2)}}\n`;
const grown = (type: string) =>
  `export function f(key: 'up') {\n  const counts: ${type} = {};\n  counts[key] = 1;\n  return counts;\n}`;
const parameters = 'readonly a = 1, readonly b = 2, readonly c = 3, readonly d = 4, readonly e = 5';

/** For each rule code that it must refuse. */
const refused: [rule: string, place: string, code: string][] = [
  ['no-restricted-properties', source, 'export const at = Date.now();'],
  ['no-restricted-properties', source, 'export const { now } = Date;'],
  ['no-restricted-properties', source, 'export const at = process.hrtime();'],
  ['no-restricted-properties', source, 'export const chance = Math.random();'],
  ['no-restricted-properties', source, 'export const id = crypto.randomUUID();'],
  ['no-restricted-properties', source, 'export const b = crypto.randomBytes(1);'],
  ['no-restricted-properties', source, 'export const n = crypto.randomInt(9);'],
  ['no-restricted-properties', source, 'crypto.getRandomValues(new Uint8Array(1));'],
  ['no-restricted-properties', config, 'export const at = Date.now();'],
  ['no-current-date', source, 'export const at = new Date();'],
  ['no-current-date', source, 'export const at = Date();'],
  ['no-restricted-globals', source, 'export const at = performance.now();'],
  ['no-restricted-globals', source, 'setTimeout(() => {}, 1);'],
  ['no-restricted-globals', source, 'setInterval(() => {}, 1);'],
  ['no-restricted-globals', source, `export const answer = fetch('http://127.0.0.1');`],
  ['no-restricted-globals', source, 'globalThis.setImmediate(() => {});'],
  ['no-restricted-imports', source, `export { randomUUID } from 'node:crypto';`],
  ['no-restricted-imports', source, `export { randomBytes } from 'node:crypto';`],
  ['no-restricted-imports', source, `export { randomInt } from 'node:crypto';`],
  ['no-restricted-imports', source, `export { performance } from 'node:perf_hooks';`],
  ['no-restricted-imports', source, `export { setTimeout } from 'node:timers';`],
  ['no-restricted-imports', source, `export { setTimeout } from 'node:timers/promises';`],
  ['prefer-node-protocol', source, `export { randomUUID } from 'crypto';`],
  ['no-environment', source, `export const home = process.env['HOME'];`],
  ['no-environment', source, `export const home = globalThis.process.env['HOME'];`],
  ['no-environment', source, 'export const { env } = process;'],
  ['no-environment', source, `export const { 'env': all } = process;`],
  ['no-environment', source, `export { env } from 'node:process';`],
  ['no-environment', source, `import { env } from 'node:process';\nexport const { HOME } = env;`],
  ['no-environment', system, `export const home = process.env['HOME'];`],
  ['no-slow-regexp', source, 'export const image = /^[a-z.]+[.:][a-z.:]*$/;'],
  ['no-slow-regexp', source, 'export const slashes = /\\/+$/;'],
  ['no-slow-regexp', source, `export const same = new RegExp('^(a+)+$', 'i');`],
  ['no-explicit-any', source, 'export const some: any = 1;'],
  ['no-explicit-any', spec, 'export const some: any = 1;'],
  ['no-non-null-assertion', source, `export const one = 'one'.at(0)!;`],
  ['no-floating-promises', source, 'Promise.resolve();'],
  ['no-floating-promises', spec, 'Promise.resolve();'],
  ['no-floating-promises', lmdb, 'Promise.resolve();'],
  [
    'switch-exhaustiveness-check',
    source,
    `declare const status: 'up' | 'down';\nswitch (status) {\n  case 'up':\n}`,
  ],
  ['no-unused-vars', source, 'const unused = 1;'],
  ['no-default-export', source, 'export default 1;'],
  ['no-grown-object', source, grown('Record<string, number>')],
  ['max-lines', source, lines(401)],
  ['max-lines', spec, lines(501)],
  ['max-lines-per-function', source, functionOf(81)],
  ['max-params', source, 'export const f = (a: 1, b: 2, c: 3, d: 4, e: 5) => [a, b, c, d, e];'],
  ['no-restricted-jest-methods', spec, `${jest}jest.mock('node:fs');`],
  ['no-focused-tests', spec, `${jest}it.only('x', () => {});`],
  ['no-disabled-tests', spec, `${jest}describe.skip('x', () => {});`],
  ['TS2322', source, `export const one: number = 'one';`],
  ['TS2322', spec, `export const one: number = 'one';`],
  ['TS2322', bench, `export const one: number = 'one';`],
];

/** Code that looks alike and is right where it is. */
const allowed: [place: string, code: string][] = [
  [source, 'export const text = new Date(0).toISOString();'],
  [source, 'export const remedy = "do not call Date.now()"; // nor new Date()'],
  [source, 'export const f = (setTimeout: () => void) => setTimeout();'],
  [source, `export const f = (process: { env: string }) => process;`],
  [source, `export { createHash } from 'node:crypto';`],
  [system, 'export const at = [Date.now(), new Date(), performance.now(), Math.random()];'],
  [spec, 'export const at = [Date.now(), new Date(), performance.now(), Math.random()];'],
  [helper, 'export const at = [Date.now(), new Date(), performance.now(), Math.random()];'],
  [bench, 'export const at = [Date.now(), new Date(), performance.now(), Math.random()];'],
  [config, `export const home = process.env['HOME'];`],
  [source, `export class Part {\n  constructor(${parameters}) {}\n}`],
  [source, grown(`Partial<Record<'up' | 'down', number>>`)],
  [source, lines(400)],
  [spec, lines(500)],
  [source, functionOf(80)],
];

const pathOf = (kind: string, index: number, place: string) => place.replace('*', kind + index);
const shown = (code: string) => (code.length > 90 ? `${code.slice(0, 90)}…` : code);

describe('the lint rules', () => {
  let tree: ScratchTree;
  let found: { filename: string; code: string }[];
  const rulesBrokenBy = (path: string) =>
    found
      .filter(({ filename }) => filename === path)
      .map(({ code }) => code.replace(/^.*\((.*)\)$/, '$1'));

  beforeAll(async () => {
    const files = Object.fromEntries([
      ...refused.map(([, place, code], index) => [pathOf('refused', index, place), code]),
      ...allowed.map(([place, code], index) => [pathOf('allowed', index, place), code]),
    ]);
    tree = await plantTree(files, ['.oxlintrc.jsonc', 'infra/lint/oakring-plugin.js']);
    const report: { diagnostics: typeof found } = JSON.parse(
      await tree.run('oxlint', ['--format', 'json', 'apps', 'libs', 'bench']),
    );
    found = report.diagnostics;
  });

  afterAll(() => tree.remove());

  for (const [index, [rule, place, code]] of refused.entries())
    it(`${rule} refuses, in ${place}: ${shown(code)}`, () => {
      expect(rulesBrokenBy(pathOf('refused', index, place))).toContain(rule);
    });

  for (const [index, [place, code]] of allowed.entries())
    it(`allow, in ${place}: ${shown(code)}`, () => {
      expect(rulesBrokenBy(pathOf('allowed', index, place))).toEqual([]);
    });
});

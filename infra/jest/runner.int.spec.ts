import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

let folder: string;
beforeEach(() => {
  // Where its imports are found as those of any spec.
  mkdirSync('node_modules/.cache', { recursive: true });
  folder = mkdtempSync(resolve('node_modules/.cache/oakring-specs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Runs these, one after the other in one process; `title: status` of each test, and what was said of failures. */
function ran(specs: Readonly<Record<string, string>>) {
  const names = Object.keys(specs);
  for (const [name, text] of Object.entries(specs)) writeFileSync(join(folder, name), text);
  const config = {
    ...{ rootDir: folder, testRegex: 'spec\\.ts$', haste: { retainAllFiles: true } },
    ...{ testRunner: resolve('infra/jest/runner.js'), testPathIgnorePatterns: [] },
    ...{ extensionsToTreatAsEsm: ['.ts'], transform: {} },
  };
  const report = join(folder, 'report.json');
  const flags = ['--runInBand', '--json', `--outputFile=${report}`, '--no-cache'];
  const args = [...flags, `--config=${JSON.stringify(config)}`, '--runTestsByPath'];
  const jest = ['--experimental-vm-modules', resolve('node_modules/jest/bin/jest.js'), ...args];
  const paths = names.map((name) => join(folder, name));
  const { stderr } = spawnSync(process.execPath, [...jest, ...paths], { encoding: 'utf8' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    tests: results.map(({ title, status }) => `${title}: ${status}`).toSorted(),
    said: testResults.map(({ message }) => message).join('\n') + stderr,
  };
}

const kit = `export const state = { loaded: 0 };\n`;
const globals = `import { beforeEach, describe, expect, it } from '@jest/globals';\n`;

describe('Specs that share their modules', () => {
  it('load each once, and find nothing of one another’s but that', () => {
    writeFileSync(join(folder, 'kit.ts'), kit);
    const spec = (name: string): string =>
      `${globals}import { state } from './kit.js';
      state.loaded += 1;
      let befores = 0;
      beforeEach(() => void (befores += 1));
      describe('${name}', () => {
        it('${name} is the ' + state.loaded, () => {
          expect(befores).toBe(1);
          expect(process.env['OAKRING_LEFT']).toBeUndefined();
          process.env['OAKRING_LEFT'] = '${name}';
          console.log = () => {};
        });
      });\n`;
    const { tests, said } = ran({ 'a.spec.ts': spec('a'), 'b.spec.ts': spec('b') });
    expect({ said, tests }).toMatchObject({
      tests: expect.arrayContaining([expect.stringMatching(/ is the 1: passed$/)]),
    });
    expect(tests.filter((test) => /is the [12]: passed$/.test(test))).toHaveLength(2);
    expect(tests.filter((test) => test.includes('is the 2'))).toHaveLength(1);
  });

  it('fail where they fail: by the line as it is written, and what cannot be loaded fails as a whole', () => {
    const failing = `${globals}
interface Erased { readonly away: string }
it('sums', () => {
  const one: Erased | number = 1;
  expect(one).toBe(2);
});\n`;
    const { tests, said } = ran({
      'failing.spec.ts': failing,
      'broken.spec.ts': `import './not-there.js';\n`,
    });
    expect(tests).toEqual(['sums: failed']);
    expect(said).toMatch(/failing\.spec\.ts:6:15/);
    expect(said).toMatch(/Cannot find module '.*not-there/);
    expect(said).toContain('1 failed, 1 total');
  });
});

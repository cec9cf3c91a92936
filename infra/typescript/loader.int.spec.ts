import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const imports = ['@oakring/ports', '../apps/manager/src/index.js', './run.js', './not-there.js'];

/** What a program in the folder `bench` gets for these imports. */
function foundBy(loader: string, specifiers: readonly string[] = imports): string[] {
  const program = `for (const one of ${JSON.stringify(specifiers)}) console.log(import.meta.resolve(one))`;
  const args = ['--import', resolve('infra/typescript', loader), '--input-type=module', '-e'];
  const options = { cwd: 'bench', encoding: 'utf8' } as const;
  return execFileSync(process.execPath, [...args, program], options)
    .trim()
    .split('\n');
}

const urlOf = (path: string): string => pathToFileURL(resolve(path)).href;

describe('the loader of TypeScript', () => {
  it('takes what is imported from its source', () => {
    const sources = ['libs/ports/src/index.ts', 'apps/manager/src/index.ts', 'bench/run.ts'];
    expect(foundBy('register.js')).toEqual([...sources, 'bench/not-there.js'].map(urlOf));
  });

  it('takes apps and libs from the last build for what measures that', () => {
    const built = ['dist/libs/ports/src/index.js', 'dist/apps/manager/src/index.js'];
    const found = [...built, 'bench/run.ts', 'bench/not-there.js'];
    expect(foundBy('register-built.js')).toEqual(found.map(urlOf));
  });

  it('takes packages of many files as one each for what specs start, and nothing else', () => {
    const packages = ['typebox', '@nestjs/core', 'mqtt'];
    const [typebox, nest, ...others] = foundBy('register-bundled.js', packages);
    expect(typebox).toMatch(/\/\.packages\/[0-9a-f]+\/typebox\.mjs$/);
    expect(nest).toMatch(/\/\.packages\/[0-9a-f]+\/@nestjs\/core\.mjs$/);
    expect(others).toEqual(foundBy('register.js', packages).slice(2));
    expect(foundBy('register-bundled.js')).toEqual(foundBy('register.js'));
  });

  it('runs what a file says now, whatever it said when it was compiled before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-loader-'));
    const file = join(folder, 'program.ts');
    const said = ['first', 'second', 'first'].map((word) => {
      writeFileSync(file, `const word: string = '${word}';\nconsole.log(word);\n`);
      const args = ['--import', resolve('infra/typescript/register.js'), file];
      return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
    });
    rmSync(folder, { recursive: true });
    expect(said).toEqual(['first', 'second', 'first']);
  });
});

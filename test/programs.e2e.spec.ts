import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from './kit/processes.js';

const folder = 'dist/programs';

interface Made {
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** Whose code is in them, by what was written down as they were made. */
function packages(): Set<string> {
  const made = JSON.parse(readFileSync(`${folder}.json`, 'utf8')) as Readonly<Record<string, Made>>;
  const files = readdirSync(folder).flatMap((name) =>
    Object.entries(made[`${folder}/${name}`]?.inputs ?? {})
      .filter(([path, { bytesInOutput }]) => path.startsWith('node_modules/') && bytesInOutput > 0)
      .map(([path]) => path),
  );
  return new Set(files.map((file) => /^.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? ''));
}

describe('Programs as they are built', () => {
  it('say on what terms each package in them is given', () => {
    const terms = readFileSync(`${folder}/LICENSES.txt`, 'utf8');
    const named = [...terms.matchAll(/^((?:@\S+\/)?\S+) \d+\.\d+\.\d+\S* \(.+\)$/gm)];
    const found = packages();
    expect([...found]).toEqual(expect.arrayContaining(['@nestjs/core', 'fastify', 'mongodb']));
    expect(named.map(([, name]) => name)).toEqual(expect.arrayContaining([...found]));
  });

  it('name their sources in a stack trace', async () => {
    const source = 'apps/cli/src/main.ts';
    const lines = readFileSync(source, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('process.cwd()')) + 1;
    const planted = 'data:text/javascript,process.cwd=()=>{throw new Error("planted")}';
    const broken = runProgram(process.execPath, ['--import', planted, resolve('bin/oakring.js')]);
    expect(await broken.ended).not.toBe(0);
    expect(broken.output()).toContain('Error: planted\n');
    expect(broken.output()).toMatch(new RegExp(`at (async )?${source}:${line}:\\d+\n`));
  });
});

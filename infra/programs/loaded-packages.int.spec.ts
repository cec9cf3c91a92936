import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

describe('What a worker loads when it starts', () => {
  it('is what speaks MQTT and writes a log, and of the packages no other', async () => {
    // Each is memory of every machine at the edge: what few need is imported where they need it.
    expect(await loadedWith('apps/worker/src/main.ts')).toEqual(['mqtt', 'mqtt-packet', 'pino']);
  });

  it('is, as a command, beside that what the command line has for all commands', async () => {
    const own = await loadedWith('apps/worker/src/main.ts');
    const packages = await loadedWith('apps/cli/src/main.ts', 'apps/cli/src/commands/worker.ts');
    expect(packages.filter((name) => !own.includes(name))).toEqual([
      ...['cli-table3', 'commander', 'openapi-fetch', 'picocolors'],
    ]);
  });
});

/** Packages that are imported by these modules and all that they import, but for what is imported when it is needed. */
async function loadedWith(...modules: readonly string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: [...modules],
    outdir: 'unwritten',
    ...({ bundle: true, format: 'esm', platform: 'node', packages: 'external' } as const),
    ...({ write: false, metafile: true, logLevel: 'silent' } as const),
  });
  const seen = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...modules];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (seen.has(module)) continue;
    seen.add(module);
    for (const { path, kind, external } of metafile.inputs[module]?.imports ?? []) {
      if (kind === 'dynamic-import') continue;
      if (external !== true) waiting.push(path);
      else if (!path.startsWith('node:')) packages.add(path);
    }
  }
  return [...packages].toSorted();
}

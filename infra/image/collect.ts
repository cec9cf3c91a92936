// What the image consists of: the files that our programs can load, and no others (the packages that
// they come from are five times as large). Run by the Dockerfile where everything is built, on the
// platform that the image is for: `node infra/image/collect.ts <folder> <seconds>`. All of it is of that moment (seconds
// since 1970), so that a layer made of it has the same bytes each time.
import { cpSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';

/** All that is started or loaded by a path that is put together at run time. */
const programs = [
  'bin/oakring.js',
  ...['oakring', 'manager', 'scheduler', 'worker', 'index-thread'].map(
    (name) => `dist/programs/${name}.js`,
  ),
  'infra/compose/prepare.js',
  'infra/compose/ready.js',
];
/** Read as files. */
const documents = [
  'package.json',
  'LICENSE',
  'infra/oakestra/cluster-registration.proto',
  // What stack traces are named by, and on what terms packages are given that are in the programs.
  ...readdirSync('dist/programs')
    .filter((name) => name.endsWith('.map') || name === 'LICENSES.txt')
    .map((name) => `dist/programs/${name}`),
  ...['package.json', 'swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map(
    (name) => `node_modules/swagger-ui-dist/${name}`,
  ),
];
/** Choose one of several binaries by the platform when they are loaded. */
const native = ['lmdb'];

const here = process.cwd();
const out = resolve(process.argv[2] ?? 'collected');
const seconds = Number(process.argv[3] ?? 0);

const { fileList } = await nodeFileTrace(programs, { base: here, ts: false });
// Whatever this program itself was compiled with is not theirs.
const ours = loadedBinaries();
for (const name of native) await import(name);
const theirs = loadedBinaries().filter((binary) => !ours.includes(binary));
for (const file of [...fileList, ...documents, ...theirs.flatMap(withItsPackage)])
  cpSync(join(here, file), join(out, 'root/app', file));
cpSync(process.execPath, join(out, 'root/usr/local/bin/node'));
// An empty volume takes its owner and its mode from here.
mkdirSync(join(out, 'home/data'), { mode: 0o700, recursive: true });
for (const path of ['.', ...readdirSync(out, { recursive: true, encoding: 'utf8' })])
  utimesSync(join(out, path), seconds, seconds);

/** Of packages, in this process. */
function loadedBinaries(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: readonly string[] };
  return sharedObjects.filter((path) => path.endsWith('.node')).map((path) => relative(here, path));
}

/** What it is found by, without its siblings for other versions of Node. */
function withItsPackage(binary: string): readonly string[] {
  const folder = dirname(binary);
  const others = readdirSync(folder).filter((name) => !name.endsWith('.node'));
  return [binary, ...others.map((name) => join(folder, name))];
}

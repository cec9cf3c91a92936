// `npm run release -- [<folder>]`: what a release consists of, in `release/` or the folder given. The tree must be as
// it was committed, and built. docs/releasing.md says what comes before and after.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { makeRelease, sourceSeconds } from './make.js';

const folder = process.argv[2] ?? 'release';
const { stdout: changed, status } = spawnSync('git', ['status', '--porcelain'], {
  encoding: 'utf8',
});
if (status !== 0 || changed !== '') {
  console.error(`A release is made of a commit, and this tree differs from its own:\n${changed}`);
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  const { archive, sbom, sums } = makeRelease(folder, sourceSeconds(process.env));
  for (const path of [archive, sbom, sums]) console.log(path);
}

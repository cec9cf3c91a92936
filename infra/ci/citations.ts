// Refuses what points to a page that a reader of the repository cannot open (`npm run citations`):
// numbered points of a design that is not here, and issues by their number. With or without a checkout.
import { spawnSync } from 'node:child_process';

const unopenable = 'desig[n] §|\\b[Ii]ssues? #?[0-9]+';
const search = ['grep', '--no-index', '--exclude-standard', '--color=never', '-nIE', unopenable];
const { status, stdout, stderr, error } = spawnSync('git', [...search, '--', '.'], {
  encoding: 'utf8',
});
if (status === 0) {
  console.error(stdout.trim());
  console.error('Cite a page in docs/, or say the reason itself: nobody else can open these.');
} else if (status !== 1) console.error(error?.message ?? stderr);
// `git grep` answers 1 where there is nothing.
process.exitCode = status === 1 ? 0 : 1;

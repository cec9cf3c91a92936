#!/usr/bin/env node
// Installs the git hooks where there is a checkout and a person: not in CI, not in a tarball.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const program = 'node_modules/.bin/lefthook';
if (process.env.CI === undefined && existsSync('.git') && existsSync(program)) {
  const { status } = spawnSync(program, ['install'], { stdio: 'ignore' });
  if (status !== 0)
    console.warn('The git hooks were not installed: npx lefthook install says why.');
}

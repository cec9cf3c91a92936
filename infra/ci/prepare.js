#!/usr/bin/env node
// @ts-check
// JavaScript, because it runs before there is anything to compile TypeScript with, and where the
// development packages are left out.
// What `npm install` ends with: builds, and installs the git hooks where there is a checkout and a
// person: not in CI, not in what was unpacked from an archive.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const programs = 'node_modules/.bin';
const { CI } = process.env;

// The published package carries the build and not the sources; without the development packages
// (`npm install --omit=dev`) there is nothing to build with.
if (existsSync('nest-cli.json') && existsSync(`${programs}/nest`)) {
  const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if ((CI ?? 'false') === 'false' && existsSync('.git') && existsSync(`${programs}/lefthook`)) {
  const { status } = spawnSync(`${programs}/lefthook`, ['install'], { stdio: 'inherit' });
  if (status !== 0)
    console.warn('The git hooks are not installed. To try again: npx lefthook install');
}

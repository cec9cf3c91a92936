#!/usr/bin/env node
// @ts-check
// JavaScript, because it must run under any Node, if only to say that it is too old.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`oakring needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

const program = new URL('../dist/programs/oakring.js', import.meta.url);
if (!existsSync(fileURLToPath(program))) {
  console.error('oakring is not built yet. Build it with: npm run build');
  process.exit(1);
}
// From Node 22 on, what was compiled once starts faster the next time. Not where Node keeps it unasked,
// in the folder for temporary files: what another user puts there first would be run as ours.
const { HOME: home = '' } = process.env;
// @ts-expect-error -- The types are those of Node 20.
if (home !== '') module.enableCompileCache?.(join(home, '.cache', 'oakring'));
const { nameSources } = await import('./stack-traces.js');
nameSources(new URL('.', program));
await import(program.href);

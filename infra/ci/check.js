#!/usr/bin/env node
// Every static check, side by side; prints what failed and how long each took.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const checks = {
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  lint: ['oxlint', '--type-aware', '--quiet'],
  types: ['tsc', '-p', 'tsconfig.json'],
  'dependency rules': [
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err',
    'apps',
    'libs',
  ],
  'ports only': ['node', 'infra/lint/ports-only.js'],
  'dead code': ['knip', '--no-config-hints'],
};

const color = process.stdout.isTTY
  ? { red: '\u001b[31m', green: '\u001b[32m', off: '\u001b[0m' }
  : { red: '', green: '', off: '' };

function run(name, [command, ...args]) {
  const startedMs = performance.now();
  const program = command === 'node' ? process.execPath : `node_modules/.bin/${command}`;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const mark = code === 0 ? `${color.green}ok${color.off}` : `${color.red}failed${color.off}`;
      console.log(`${name.padEnd(17)} ${mark}  ${seconds} s`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

const passed = await Promise.all(
  Object.entries(checks).map(([name, command]) => run(name, command)),
);
process.exit(passed.every(Boolean) ? 0 : 1);

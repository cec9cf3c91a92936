// @ts-check
// Packages of hundreds of small files, each as one file. Every spec loads what it needs anew, and to find,
// read and link the files of these cost it more than to run. Their code is the same, in the same order; it
// is bundled once per installation, for tests alone: what ships is bundled by infra/programs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Together, because they share parts, of which there must be one each. Written as modules, all of them: what a
// package of CommonJS exports by name is lost in a bundle.
const bundled = [
  ...['typebox', 'typebox/schema', 'fast-check', '@nestjs/common', '@nestjs/core'],
  ...['@nestjs/microservices', '@nestjs/platform-fastify', '@nestjs/swagger', '@nestjs/terminus'],
  '@nestjs/testing',
];

const leftOut = [
  // Shared with what is not bundled.
  ...['reflect-metadata', 'class-transformer', 'class-validator', 'swagger-ui-dist'],
  // Asked for only by those who installed them.
  ...['@fastify/multipart', '@fastify/static', '@fastify/view', '@nats-io/transport-node'],
  ...['@nestjs/platform-express', '@nestjs/websockets', 'amqp-connection-manager', 'ioredis'],
  'kafkajs',
];

const root = new URL('../../', import.meta.url);

/** The file of each bundled package; none where there is nothing to bundle with: all else is the same then. */
export function bundledPackages() {
  const program = new URL('node_modules/esbuild/bin/esbuild', root);
  const installed = new URL('node_modules/.package-lock.json', root);
  if (!existsSync(program) || !existsSync(installed)) return {};
  const hash = createHash('sha256').update(readFileSync(installed));
  const version = hash.update(readFileSync(new URL(import.meta.url))).digest('hex');
  const folder = fileURLToPath(new URL(`.packages/${version}`, root));
  if (!existsSync(folder)) bundle(fileURLToPath(program), folder);
  return Object.fromEntries(bundled.map((name) => [name, `${folder}/${name}.mjs`]));
}

/**
 * @param {string} program
 * @param {string} folder
 */
function bundle(program, folder) {
  // Under a name of its own first: another process may do the same.
  const unfinished = `${folder}.${process.pid}`;
  const { status, stderr } = spawnSync(
    program,
    [
      ...bundled.map((name) => `${name}=${name}`),
      ...leftOut.map((name) => `--external:${name}`),
      ...['--bundle', '--splitting', '--format=esm', '--platform=node', '--log-level=warning'],
      // What was CommonJS asks Node for its modules.
      '--banner:js=import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
      ...[`--outdir=${unfinished}`, '--out-extension:.js=.mjs'],
    ],
    { cwd: fileURLToPath(root), encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Packages could not be bundled for the tests:\n${stderr}`);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

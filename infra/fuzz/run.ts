// `npm run fuzz -- [<target> …] [--seconds <n> | --executions <n>] [--seed <n>]`: reads inputs that are made of known
// ones, led by what of the code they reach (V8's own coverage), each target in turn; all targets when none is named.
// An input that reached something new is kept in infra/fuzz/corpus with --keep; one that was not read as it should be
// is written there as well, and ends it with 1. Of a seed the same inputs are made, as long as the code is the same.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { inspect, parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import { seededRandomness } from '@oakring/ports';
import { coverageOfEngine } from './coverage.js';
import { fuzz, type Target } from './fuzz.js';
import { mostBytes } from './mutate.js';
import { targets } from './targets/targets.js';

/** Of one input, before it is taken for one that never ends. */
const patienceMs = 60_000;
const corpora = 'infra/fuzz/corpus';
/** What is kept lies in the repository. */
const isSmall = ({ length }: Uint8Array): boolean => length <= 2_048;

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    executions: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const strangers = named.filter((name) => targets.every((target) => target.name !== name));
const seconds = Number(options.seconds ?? (options.executions === undefined ? 10 : Infinity));
const executions = Number(options.executions ?? Infinity);
const seed = Number(options.seed);

if (strangers.length > 0) {
  const known = targets.map(({ name }) => name).join(', ');
  console.error(`There is no target ${strangers.join(', ')}; known are ${known}.`);
  process.exitCode = 2;
} else {
  console.log(`seed ${seed}`);
  // What parts of ours say of bad input is theirs.
  Logger.overrideLogger(false);
  const begins = watched();
  for (const target of targets.filter(({ name }) => named.length === 0 || named.includes(name)))
    if (!(await run(target, begins))) process.exitCode = 1;
  // The broker of a target listens.
  process.exit();
}

async function run(target: Target, begins: (input: Uint8Array) => void): Promise<boolean> {
  const folder = join(corpora, target.name);
  const coverage = coverageOfEngine();
  const startedMs = performance.now();
  const outcome = await fuzz({
    ...{ target, coverage, corpus: filesIn(folder), begins, chance: seededRandomness(seed) },
    goesOn: (done) => done < executions && performance.now() - startedMs < seconds * 1_000,
  });
  coverage.end();
  const { executions: done, reached, found, failure } = outcome;
  const took = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const figures = `${done} executions, ${reached} blocks reached, ${found.length} inputs new, ${took} s`;
  console.log(`${target.name.padEnd(22)} ${failure === null ? 'ok    ' : 'FAILED'} ${figures}`);
  if (options.keep) for (const input of found.filter(isSmall)) write(folder, input);
  if (failure === null) return true;
  console.error(
    `${write(folder, failure.input)} was not read as it should be: ${inspect(failure.error)}`,
  );
  return false;
}

function filesIn(folder: string): readonly Uint8Array[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name)));
}

function write(folder: string, input: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16));
  writeFileSync(path, input);
  return path;
}

/** Tells on another thread which input is read just now, so that one which never ends, or ends the process, is known. */
function watched(): (input: Uint8Array) => void {
  const shared = new SharedArrayBuffer(8 + mostBytes);
  const [counts, bytes] = [new Int32Array(shared, 0, 2), new Uint8Array(shared, 8)];
  const program = `
    const { workerData: { shared, patienceMs, path } } = require('node:worker_threads');
    const counts = new Int32Array(shared, 0, 2);
    let before = -1;
    setInterval(() => {
      const now = Atomics.load(counts, 0);
      if (now !== before) return void (before = now);
      require('node:fs').writeFileSync(path, new Uint8Array(shared, 8, Atomics.load(counts, 1)));
      require('node:fs').writeSync(2, path + ': it takes more than ' + patienceMs + ' ms to read\\n');
      process.kill(process.pid, 'SIGKILL');
    }, patienceMs);`;
  const path = join(corpora, 'endless');
  new Worker(program, {
    eval: true,
    workerData: { shared, patienceMs, path },
    execArgv: [],
  }).unref();
  process.on('uncaughtException', (error) => {
    const last = bytes.slice(0, counts[1]);
    console.error(`${write(join(corpora, 'ended'), last)} ended the process: ${inspect(error)}`);
    process.exit(1);
  });
  return (input) => {
    const kept = input.subarray(0, mostBytes);
    bytes.set(kept);
    Atomics.store(counts, 1, kept.length);
    Atomics.add(counts, 0, 1);
  };
}

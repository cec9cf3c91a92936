import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { large, simulate, usual } from './simulation.js';

const usage = `npm run simulate -- [--seeds N] [--from M] [--seed n] [--managers N] [--large]
                    [--trace STREAM] [--json]

  --seeds N       so many seeds (default: 100), from --from M on (default: 1)
  --seed n        this one, with what happened to it; more than one may be named
  --managers N    so many managers on a store that they share; 1: one on a folder (default);
                  drawn: one, or in a quarter of the seeds two to five
  --large         500 machines instead of 30
  --trace STREAM  print the events of streams that begin so, for instance jobs/job-4
  --json          a verdict a line, for programs

Ends with 1 if a promise was broken. A seed is the same run every time.`;

const { values } = parsedArguments();

function parsedArguments() {
  try {
    return parse();
  } catch (error) {
    console.error(
      `simulate: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`,
    );
    process.exit(2);
  }
}

function parse() {
  return parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string', multiple: true },
      managers: { type: 'string', default: '1' },
      large: { type: 'boolean', default: false },
      trace: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

if (values.help) {
  console.log(usage);
  process.exit(0);
}

const [from, count] = [Number(values.from), Number(values.seeds)];
const seeds =
  values.seed?.map(Number) ??
  (count >= 1 ? Array.from({ length: count }, (_, index) => from + index) : [Number.NaN]);
if (seeds.some((seed) => !Number.isSafeInteger(seed))) {
  console.error('simulate: --seeds, --from and --seed take whole numbers');
  process.exit(2);
}
const managers = values.managers === 'drawn' ? null : Number(values.managers);
if (managers !== null && !(Number.isSafeInteger(managers) && managers >= 1)) {
  console.error('simulate: --managers takes a whole number from 1 on, or `drawn`');
  process.exit(2);
}
const scale = { ...(values.large ? large : usual), managers };
const began = performance.now();
const failing: number[] = [];
for (const [index, seed] of seeds.entries()) {
  const verdict = await simulate(seed, scale, (event, atMs) => {
    if (values.trace === undefined || !event.stream.startsWith(values.trace)) return;
    const { position, index: place, type, data } = event;
    const seconds = (atMs / 1000).toFixed(2);
    console.log(
      `${seconds} s  ${position}/${place}  ${type}  ${JSON.stringify(data).slice(0, 300)}`,
    );
  });
  if (values.json) console.log(JSON.stringify(verdict));
  if (verdict.violation !== null) {
    failing.push(seed);
    if (!values.json) console.log(`FAILED  ${verdict.violation}`);
  }
  if (values.seed !== undefined && !values.json) {
    for (const fault of verdict.faults) console.log(`  ${fault}`);
    const { managers: count, epochs, commits, hash } = verdict;
    console.log(`  ${count} managers, ${epochs} epochs, ${commits} commits, head ${hash}`);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${seeds.length} seeds `);
}
const seconds = (performance.now() - began) / 1000;
if (!values.json) {
  console.log(
    `${seeds.length} seeds, ${seeds.length * 5} simulated minutes in ${seconds.toFixed(1)} s ` +
      `(${((seconds / seeds.length) * 1000).toFixed(0)} ms a seed): ` +
      (failing.length === 0
        ? 'every promise kept'
        : `${failing.length} FAILED: ${failing.join(', ')}`),
  );
  if (failing.length > 0) {
    const option = values.managers === '1' ? '' : ` --managers ${values.managers}`;
    console.log(`again: npm run simulate -- --seed ${failing[0]}${option}`);
  }
}
process.exit(failing.length === 0 ? 0 : 1);

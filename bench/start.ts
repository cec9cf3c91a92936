import { percentile, sortedNumbers, type Figures } from './figures.js';
import { cpuSeconds, startUp, temporaryFolder, unbundled } from './processes.js';

const rounds = 7;

/** An empty start of what ships, against one of the same modules and packages as they lie. */
export async function benchStart(): Promise<Figures> {
  const [ours, bare]: [Start[], Start[]] = [[], []];
  // In turns: a machine that is slower for a while is so for both.
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await start());
    bare.push(await start(unbundled));
  }
  const median = (of: readonly Start[], what: keyof Start) =>
    percentile(sortedNumbers(of.map((each) => each[what])), 0.5);
  const share = (what: keyof Start) => (median(ours, what) / median(bare, what)).toFixed(2);
  return {
    'ready, ms': median(ours, 'readyAfterMs').toFixed(0),
    'ready, processor time, ms': median(ours, 'cpuMs').toFixed(0),
    'of a start from modules and packages as they lie': share('readyAfterMs'),
    'of that, processor time': share('cpuMs'),
  };
}

interface Start {
  readonly readyAfterMs: number;
  readonly cpuMs: number;
}

async function start(program?: string): Promise<Start> {
  const { folder, remove } = temporaryFolder();
  const up = await startUp(folder, {}, program);
  const cpuMs = 1_000 * cpuSeconds(up.pid);
  await up.stop();
  remove();
  return { readyAfterMs: up.readyAfterMs, cpuMs };
}

import { performance } from 'node:perf_hooks';
import { acknowledgeAll, orderInstance, plan, ready } from '../apps/manager/src/testing/given.js';
import type { Measured } from '../apps/manager/src/root/report.js';
import { givenRoot, wholeReport } from '../apps/manager/src/root/testing/given-root.js';
import { middleAndTail, type Figures } from './figures.js';

const workers = 500;
const instances = 5;
const times = 50;
/** What a root takes at once, and everything. */
const usual = { instances: 200, bytes: 256_000 };
const all = { instances: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };
const measured: Measured = {
  latest: () => ({ cpu: 12.5, memory: 25.5 }),
  foreignOf: () => ({ cpuMillis: 100, memoryMiB: 100 }),
  gpusOf: () => null,
  figuresOf: () => ({
    ...{ usage: { cpu: '1.52', memory: '0.011', disk: '40960' }, publicIp: '10.0.0.7' },
    log: 'GET /index.html 200 "-" '.repeat(40),
  }),
  hasCreated: () => false,
};

/** The report to a root of five hundred workers with five instances each, from the views to its bytes. */
export async function benchOakestraReport(): Promise<Figures> {
  const cluster = givenRoot();
  for (let number = 0; number < workers; number += 1) {
    const [node, job] = [`edge-${number}`, `job-${number}`];
    for (const command of ready(node)) cluster.when(command);
    for (let at = 0; at < instances; at += 1) cluster.when(orderInstance(job, at, { name: job }));
    cluster.when(plan(job, ...Array.from({ length: instances }, () => node)));
    acknowledgeAll(cluster);
  }
  const built = (limits: typeof usual): { text: string; bytes: number } => {
    const took: number[] = [];
    let bytes = 0;
    for (let time = 0; time < times; time += 1) {
      const since = performance.now();
      ({ length: bytes } = wholeReport(cluster, measured, limits).bytes);
      took.push(performance.now() - since);
    }
    return { text: middleAndTail(took), bytes };
  };
  built(all);
  const [part, whole] = [built(usual), built(all)];
  return {
    [`of ${workers} × ${instances}: built as sent (${part.bytes >> 10} KiB), p50 / p99 ms (goal 50)`]:
      part.text,
    [`of ${workers} × ${instances}: all of it at once (${whole.bytes >> 10} KiB), p50 / p99 ms`]:
      whole.text,
  };
}

import { cpus, loadavg, release, totalmem } from 'node:os';

/** One line: what the figures were measured on, and how busy it was (of 1, 5 and 15 minutes). */
export function machine(): string {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(' ');
  return `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${memoryGiB} GiB, Linux ${release()}, Node ${process.version}, load ${load}`;
}

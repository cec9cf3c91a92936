import { cpus, totalmem, release } from 'node:os';

/** One line: what the figures were measured on. */
export function machine() {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${memoryGiB} GiB, Linux ${release()}, Node ${process.version}`;
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function sortedNumbers(values) {
  return [...values].sort((a, b) => a - b);
}

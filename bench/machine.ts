import { cpus, totalmem, release } from 'node:os';

/** One line: what the figures were measured on. */
export function machine(): string {
  const processors = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${memoryGiB} GiB, Linux ${release()}, Node ${process.version}`;
}

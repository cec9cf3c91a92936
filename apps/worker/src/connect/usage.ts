import { cpus, freemem, totalmem } from 'node:os';

interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** The machine's use: CPU since the last call, memory now; hundredths of a percent. */
export class MachineUsage {
  private before: CpuTimes = cpuTimes();

  read(): { cpu: number; memory: number } {
    const now = cpuTimes();
    const all = now.all - this.before.all;
    const busy = now.busy - this.before.busy;
    this.before = now;
    return {
      cpu: hundredths(busy, all),
      memory: hundredths(totalmem() - freemem(), totalmem()),
    };
  }
}

function cpuTimes(): CpuTimes {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const sum = times.user + times.nice + times.sys + times.irq + times.idle;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}

/** Hundredths of a percent, 0 to 10 000; of nothing it is 0. */
export function hundredths(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(10_000, Math.max(0, Math.round((part / whole) * 10_000)));
}

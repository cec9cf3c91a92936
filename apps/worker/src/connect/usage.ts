import { cpus, freemem, totalmem } from 'node:os';

interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** The machine's use: CPU since the last call, memory now; percent with two decimals. */
export class MachineUsage {
  private before: CpuTimes = cpuTimes();

  read(): { cpu: number; memory: number } {
    const now = cpuTimes();
    const all = now.all - this.before.all;
    const busy = now.busy - this.before.busy;
    this.before = now;
    return {
      cpu: percent(busy, all),
      memory: percent(totalmem() - freemem(), totalmem()),
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

/** 0 to 100, two decimals; of nothing it is 0. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(100, Math.max(0, Math.round((part / whole) * 10_000) / 100));
}

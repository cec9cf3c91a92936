import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Resources } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';

/** Linux reports CPU times in ticks of 10 ms to programs, whatever its own tick is. */
const msPerTick = 10;
const kibPerMib = 1024;
/** Processes looked at before others have their turn: some milliseconds. */
const atOnce = 100;

/** Use of a session of processes (a started command with all its children), and what it is from. */
export interface SessionUsage {
  /** Null at the first look: CPU use is a difference of two. */
  readonly used: Resources | null;
  readonly cpuMs: number;
  readonly atMs: number;
}

/**
 * Looks at `/proc` for what the sessions use: `before` maps a session's id to the last look. On
 * systems without `/proc` nothing is known and the answer is empty. Never rejects.
 */
export async function measureSessions(
  before: ReadonlyMap<number, SessionUsage | null>,
  atMs: number,
  timers: Pick<Timers, 'soon'>,
): Promise<ReadonlyMap<number, SessionUsage>> {
  const sums = new Map<number, { cpuMs: number; memoryMiB: number }>();
  for (const [index, pid] of (await processIds()).entries()) {
    if (index % atOnce === atOnce - 1) await new Promise<void>((resolve) => timers.soon(resolve));
    const times = timesOf(readOrEmpty(`/proc/${pid}/stat`));
    if (times === null || !before.has(times.session)) continue;
    const memoryMiB = residentMiB(readOrEmpty(`/proc/${pid}/status`));
    const sum = sums.get(times.session) ?? { cpuMs: 0, memoryMiB: 0 };
    sums.set(times.session, {
      cpuMs: sum.cpuMs + times.cpuMs,
      memoryMiB: sum.memoryMiB + memoryMiB,
    });
  }
  return new Map(
    [...sums].map(([session, sum]) => [
      session,
      usageSince(before.get(session) ?? null, sum, atMs),
    ]),
  );
}

/** From what was counted at two looks. */
export function usageSince(
  last: SessionUsage | null,
  { cpuMs, memoryMiB }: { readonly cpuMs: number; readonly memoryMiB: number },
  atMs: number,
): SessionUsage {
  const passedMs = last === null ? 0 : atMs - last.atMs;
  const used =
    last === null || passedMs <= 0
      ? (last?.used ?? null)
      : // A child that nobody waited for takes its time with it: never below nothing.
        { cpuMillis: Math.max(0, ((cpuMs - last.cpuMs) * 1000) / passedMs), memoryMiB };
  return { used, cpuMs, atMs };
}

async function processIds(): Promise<readonly string[]> {
  try {
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** At once: the kernel writes it from memory. By threads, four ways there and back, it took several times the CPU. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/**
 * Field 6 (session) and 14 to 17 (times, those of ended children included) of proc(5)'s stat; the
 * name in field 2 may hold blanks and brackets.
 */
function timesOf(stat: string): { session: number; cpuMs: number } | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const session = Number(fields[3]);
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return stat === '' || Number.isNaN(ticks) ? null : { session, cpuMs: ticks * msPerTick };
}

function residentMiB(status: string): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? 0 : Number(kib) / kibPerMib;
}

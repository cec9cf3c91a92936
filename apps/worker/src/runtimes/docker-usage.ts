import type Docker from 'dockerode';
import type { Resources } from '@oakring/contracts';

const bytesPerMiB = 1_048_576;
const nanosecondsPerMs = 1_000_000;

/** Use of a container, and the look that it was computed from. */
export interface ContainerUsage {
  /** Null at the first look: CPU use is a difference of two. */
  readonly used: Resources | null;
  readonly cpuMs: number;
  readonly atMs: number;
}

/** From the engine's one-shot statistics; `atMs` and `before` as the worker's own clock has it. */
export function cpuAndMemoryOf(
  stats: Docker.ContainerStats,
  atMs: number,
  before: ContainerUsage | null,
): ContainerUsage {
  const cpuMs = stats.cpu_stats.cpu_usage.total_usage / nanosecondsPerMs;
  // Absent when the container ended between the list and the look.
  const memoryMiB = (stats.memory_stats.usage ?? 0) / bytesPerMiB;
  const passedMs = before === null ? 0 : atMs - before.atMs;
  const used =
    before === null || passedMs <= 0
      ? null
      : { cpuMillis: Math.max(0, ((cpuMs - before.cpuMs) * 1000) / passedMs), memoryMiB };
  return { used, cpuMs, atMs };
}

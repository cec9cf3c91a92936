import type { InstanceAddress } from '../runtimes/runtime.port.js';

/** Numbers of jobs that are remembered; the least recently deleted is forgotten first. */
const maxRemembered = 10_000;

/**
 * What was deleted here: an order to start it that comes late, behind its own `delete`, must start
 * nothing. No generation of a (job, number) is given twice, so the highest is enough.
 */
export class Tombstones {
  private readonly generations: Map<string, number>;

  constructor(before: readonly (readonly [string, number])[] = []) {
    this.generations = new Map(before);
  }

  /** By `<job>/<instance>`, least recently deleted first. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.generations];
  }

  add({ job, instance, generation }: InstanceAddress): void {
    const key = `${job}/${instance}`;
    const highest = Math.max(generation, this.generations.get(key) ?? 0);
    // Taken out and put in again: a map keeps the order of insertion.
    this.generations.delete(key);
    this.generations.set(key, highest);
    if (this.generations.size <= maxRemembered) return;
    for (const oldest of this.generations.keys()) {
      this.generations.delete(oldest);
      return;
    }
  }

  /** 0 when none was deleted. */
  generationOf(job: string, instance: number): number {
    return this.generations.get(`${job}/${instance}`) ?? 0;
  }
}

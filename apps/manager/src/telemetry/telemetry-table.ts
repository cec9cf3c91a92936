import {
  amountOf,
  resourceCatalogue,
  resourceNames,
  resourcesFrom,
  type ForeignLoad,
  type GpuUse,
  type InstanceReading,
  type MachineReading,
  type Reading,
  type ResourceKind,
  type ResourceName,
  type Resources,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { foreignLoad, isNews } from './foreign-load.js';

/** The newest reading of a node, as queries join it in. */
export interface LatestReading {
  /** Percent, 0–100, two decimals. */
  readonly cpu: number;
  readonly memory: number;
}

/** Newest readings and signs of life by node: in memory, no part of a view. */
export interface TelemetryReader {
  /** Null before the first reading since the manager started, and while the newest has no figures. */
  latest(nodeId: string): LatestReading | null;
  /** What the node's own instances use, by its newest reading; none where it lists none. */
  usesOn(nodeId: string): readonly InstanceReading[];
  /** Wall time (ms since 1970) of the last sign of life; null when nothing was heard. */
  lastSeenMs(nodeId: string): number | null;
  /** Readings of the node that were shed under overload since the start. */
  shedOf(nodeId: string): number;
  /** Of all nodes. */
  readonly shedTotal: number;
  /** Number of the newest reading; costs nothing, whatever there is. */
  readonly newest: number;
  /** Foreign load of the nodes whose readings changed after number `newest`, and the newest number. */
  foreignSince(newest: number): {
    readonly newest: number;
    readonly foreign: readonly ForeignLoad[];
  };
}

/** What the table must know of a node when a reading comes in. */
export interface MeasuredNode {
  readonly id: string;
  readonly capacity: Resources;
  readonly reserved: Resources;
}

const firstSlots = 64;
const none: readonly InstanceReading[] = [];
/** In place of a figure: before the first reading, and where one came without figures. */
const unknown = -1;
/** Resources that readings tell the use of; `now`: in the reading that is looked at. */
const measured = resourceNames.flatMap((name): Measured[] => {
  const { measured: figure }: ResourceKind = resourceCatalogue[name];
  return figure === null ? [] : [{ name, figure, now: 0 }];
});
interface Figures {
  readonly cpu: number;
  readonly memory: number;
  /** MiB of the capacity; null: only percent are known, of the whole machine. */
  readonly freeMemory: number | null;
  readonly instances: Reading['instances'];
}
interface Measured {
  readonly name: ResourceName;
  readonly figure: 'cpu' | 'memory';
  now: number;
}
/** Bursts must not make an ordinary pause look like silence. */
const leastIntervalMs = 1_000;

/**
 * Newest readings by node, as a struct of arrays: a reading writes a few numbers into a slot and
 * makes no garbage. Foreign load is worked out when the reading comes in, with what is reserved at
 * that moment: a placement made later is not in the reading, and must not be taken off it.
 */
export class TelemetryTable implements TelemetryReader {
  /** Number of the newest reading since the start. */
  newest = 0;
  /** Of the newest one that changed a foreign load. */
  private newestChange = 0;
  shedTotal = 0;
  private readonly shed = new Map<string, number>();
  private readonly slots = new Map<string, number>();
  /** Of the nodes whose newest reading said it: few. */
  private readonly gpus = new Map<string, GpuUse>();
  private ids: string[] = [];
  /** As the newest reading listed them. */
  private uses: (readonly InstanceReading[])[] = [];
  /** Hundredths of a percent, or `unknown`. */
  private cpu = new Int16Array(firstSlots);
  private memory = new Int16Array(firstSlots);
  private seenWallMs = new Float64Array(firstSlots);
  private seenMonotonicMs = new Float64Array(firstSlots);
  /** When the newest reading came, monotonic, and the mean time between readings; 0: not known. */
  private readMonotonicMs = new Float64Array(firstSlots);
  private intervalMs = new Float64Array(firstSlots);
  /** Foreign load as it was last told, and the number of the reading that changed it. */
  private readonly foreign = measured.map((each) => ({
    ...each,
    told: new Int32Array(firstSlots),
  }));
  private changedAt = new Float64Array(firstSlots);

  constructor(private readonly ports: Ports) {}

  record(
    node: MeasuredNode,
    reading: MachineReading,
    nowMonotonicMs: number,
    nowWallMs: number,
  ): void {
    const slot = this.slotOf(node.id);
    this.newest += 1;
    this.seenMonotonicMs[slot] = nowMonotonicMs;
    this.seenWallMs[slot] = nowWallMs;
    this.recordInterval(slot, nowMonotonicMs);
    const { cpu, memory, freeMemory = null, instances, gpus } = reading;
    if (gpus !== undefined) this.gpus.set(node.id, gpus);
    else if (this.gpus.size > 0) this.gpus.delete(node.id);
    const isKnown = cpu !== null && memory !== null;
    this.cpu[slot] = isKnown ? cpu : unknown;
    this.memory[slot] = isKnown ? memory : unknown;
    this.uses[slot] = instances ?? none;
    // Foreign load stays as it was last known.
    if (isKnown) this.recordForeign(slot, node, { cpu, memory, freeMemory, instances });
  }

  /** A reading that there was no time or room for. Nodes that nobody knows share one count. */
  countShed(nodeId: string): void {
    this.shedTotal += 1;
    const before = this.shed.get(nodeId);
    if (before === undefined && !this.slots.has(nodeId)) return;
    this.shed.set(nodeId, (before ?? 0) + 1);
  }

  shedOf(nodeId: string): number {
    return this.shed.get(nodeId) ?? 0;
  }

  /** A sign of life that is not a reading. */
  touch(nodeId: string): void {
    const slot = this.slotOf(nodeId);
    this.seenMonotonicMs[slot] = this.ports.clock.monotonicMs();
    this.seenWallMs[slot] = this.ports.clock.wallMs();
  }

  /** Whoever leads next hears for himself; the numbers of readings go on. */
  forget(): void {
    this.slots.clear();
    this.gpus.clear();
    this.ids = [];
    this.uses = [];
    this.readMonotonicMs.fill(0);
    this.intervalMs.fill(0);
    for (const { told } of this.foreign) told.fill(0);
    this.changedAt.fill(0);
  }

  latest(nodeId: string): LatestReading | null {
    const slot = this.slots.get(nodeId);
    const cpu = slot === undefined ? unknown : (this.cpu[slot] ?? unknown);
    if (slot === undefined || cpu === unknown) return null;
    return { cpu: cpu / 100, memory: (this.memory[slot] ?? 0) / 100 };
  }

  usesOn(nodeId: string): readonly InstanceReading[] {
    return this.uses[this.slots.get(nodeId) ?? -1] ?? none;
  }

  /** Null: it has none, or does not say. */
  gpusOf(nodeId: string): GpuUse | null {
    return this.gpus.get(nodeId) ?? null;
  }

  lastSeenMs(nodeId: string): number | null {
    const slot = this.slots.get(nodeId);
    return slot === undefined ? null : (this.seenWallMs[slot] ?? null);
  }

  /** For deadlines; null when nothing was heard since the start. */
  lastSeenMonotonicMs(nodeId: string): number | null {
    const slot = this.slots.get(nodeId);
    return slot === undefined ? null : (this.seenMonotonicMs[slot] ?? null);
  }

  /** For the storm guard: an average over its latest readings; null before the second one. */
  usualIntervalMs(nodeId: string): number | null {
    const slot = this.slots.get(nodeId);
    const usualMs = slot === undefined ? 0 : (this.intervalMs[slot] ?? 0);
    return usualMs === 0 ? null : Math.max(usualMs, leastIntervalMs);
  }

  /** The newest interval weighs an eighth. */
  private recordInterval(slot: number, nowMs: number): void {
    const readMs = this.readMonotonicMs[slot] ?? 0;
    const usualMs = this.intervalMs[slot] ?? 0;
    this.readMonotonicMs[slot] = nowMs;
    if (readMs === 0) return;
    const gapMs = nowMs - readMs;
    this.intervalMs[slot] = usualMs === 0 ? gapMs : usualMs + (gapMs - usualMs) / 8;
  }

  foreignSince(newest: number): { newest: number; foreign: readonly ForeignLoad[] } {
    // A number that we have not reached is of an earlier start: everything is news to its holder.
    const since = newest > this.newest ? 0 : newest;
    const foreign: ForeignLoad[] = [];
    if (since >= this.newestChange) return { newest: this.newest, foreign };
    for (let slot = 0; slot < this.ids.length; slot += 1) {
      if ((this.changedAt[slot] ?? 0) <= since) continue;
      foreign.push({ id: this.ids[slot] ?? '', resources: this.foreignAt(slot) });
    }
    return { newest: this.newest, foreign };
  }

  /** What a node is busy with besides our instances, as last told; nothing before that. */
  foreignOf(nodeId: string): Resources {
    return this.foreignAt(this.slots.get(nodeId) ?? -1);
  }

  private foreignAt(slot: number): Resources {
    return resourcesFrom(
      (name) => this.foreign.find((each) => each.name === name)?.told[slot] ?? 0,
    );
  }

  private recordForeign(slot: number, node: MeasuredNode, reading: Figures): void {
    const { freeMemory } = reading;
    let news = false;
    for (const each of this.foreign) {
      const capacity = amountOf(node.capacity, each.name);
      const reserved = amountOf(node.reserved, each.name);
      const own = ownUse(reading.instances, each.figure);
      each.now =
        each.figure === 'memory' && freeMemory !== null
          ? Math.max(0, Math.ceil(capacity - freeMemory) - reserved)
          : foreignLoad(reading[each.figure], own, capacity, reserved);
      news ||= isNews(each.told[slot] ?? 0, each.now, capacity);
    }
    if (!news) return;
    for (const { told, now } of this.foreign) told[slot] = now;
    this.changedAt[slot] = this.newest;
    this.newestChange = this.newest;
  }

  private slotOf(nodeId: string): number {
    const known = this.slots.get(nodeId);
    if (known !== undefined) return known;
    const slot = this.ids.length;
    if (slot === this.cpu.length) this.grow();
    this.slots.set(nodeId, slot);
    this.ids.push(nodeId);
    this.uses.push(none);
    this.cpu[slot] = unknown;
    return slot;
  }

  private grow(): void {
    const length = this.cpu.length * 2;
    this.cpu = copied(this.cpu, new Int16Array(length));
    this.memory = copied(this.memory, new Int16Array(length));
    this.seenWallMs = copied(this.seenWallMs, new Float64Array(length));
    this.seenMonotonicMs = copied(this.seenMonotonicMs, new Float64Array(length));
    this.readMonotonicMs = copied(this.readMonotonicMs, new Float64Array(length));
    this.intervalMs = copied(this.intervalMs, new Float64Array(length));
    for (const each of this.foreign) each.told = copied(each.told, new Int32Array(length));
    this.changedAt = copied(this.changedAt, new Float64Array(length));
  }
}

/** What our own instances use, as the same reading has it; null where it lists none. */
function ownUse(instances: Reading['instances'], figure: 'cpu' | 'memory'): number | null {
  if (instances === null) return null;
  let own = 0;
  for (const instance of instances) own += instance[figure];
  return own;
}

function copied<A extends Int16Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

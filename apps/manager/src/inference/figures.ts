import type { Ports } from '@oakring/ports';
import type { InstanceUsage, SeenInstance, WordOfInstance } from '../wires/dialect.port.js';

/** What a worker wrote last of an instance that has ended is kept for this long. */
const keptMs = 600_000;
const maxOfNode = 1_000;

export interface FiguresOfInstance {
  readonly usage: InstanceUsage | null;
  readonly log: string | null;
  readonly publicIp: string | null;
  /** Monotonic. */
  readonly atMs: number;
}

/** The newest that workers said of what their instances use and write: in memory, no part of a view. */
export class InstanceFigures {
  private readonly nodes = new Map<string, Map<string, FiguresOfInstance>>();

  constructor(private readonly clock: Ports['clock']) {}

  of(nodeId: string, name: string, instance: number): FiguresOfInstance | null {
    return this.nodes.get(nodeId)?.get(`${name}/${instance}`) ?? null;
  }

  /** Of every list: no spreads here. */
  note(nodeId: string, { name, instance, usage = null, log = null }: SeenInstance): void {
    const before = this.of(nodeId, name, instance);
    this.put(nodeId, `${name}/${instance}`, {
      usage: usage ?? before?.usage ?? null,
      log: log ?? before?.log ?? null,
      publicIp: before?.publicIp ?? null,
      atMs: this.clock.monotonicMs(),
    });
  }

  noteAddress(nodeId: string, { name, instance, publicIp }: WordOfInstance): void {
    if (publicIp === null) return;
    const { usage = null, log = null } = this.of(nodeId, name, instance) ?? {};
    const atMs = this.clock.monotonicMs();
    this.put(nodeId, `${name}/${instance}`, { usage, log, publicIp, atMs });
  }

  forget(nodeId: string): void {
    this.nodes.delete(nodeId);
  }

  private put(nodeId: string, key: string, figures: FiguresOfInstance): void {
    const ofNode = this.nodes.get(nodeId) ?? new Map<string, FiguresOfInstance>();
    this.nodes.set(nodeId, ofNode);
    if (!ofNode.has(key)) this.makeRoom(ofNode);
    ofNode.set(key, figures);
  }

  private makeRoom(ofNode: Map<string, FiguresOfInstance>): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { atMs }] of ofNode) {
      if (nowMs - atMs > keptMs || ofNode.size >= maxOfNode) ofNode.delete(key);
    }
  }
}

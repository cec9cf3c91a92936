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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The newest that workers said of what their instances use and write: in memory, no part of a view. */
export class InstanceFigures {
  private readonly nodes = new Map<string, Map<string, Writable<FiguresOfInstance>>>();

  constructor(private readonly clock: Ports['clock']) {}

  of(nodeId: string, name: string, instance: number): FiguresOfInstance | null {
    return this.nodes.get(nodeId)?.get(`${name}/${instance}`) ?? null;
  }

  /** Of every list: looked up once, and written where it stands. */
  note(nodeId: string, label: string, seen: SeenInstance, atMs: number): void {
    const { usage = null, log = null } = seen;
    const figures = this.placeOf(nodeId, label, atMs);
    if (usage !== null) figures.usage = usage;
    if (log !== null) figures.log = log;
  }

  noteAddress(nodeId: string, label: string, { publicIp }: WordOfInstance): void {
    if (publicIp === null) return;
    this.placeOf(nodeId, label, this.clock.monotonicMs()).publicIp = publicIp;
  }

  forget(nodeId: string): void {
    this.nodes.delete(nodeId);
  }

  private placeOf(nodeId: string, key: string, atMs: number): Writable<FiguresOfInstance> {
    let ofNode = this.nodes.get(nodeId);
    if (ofNode === undefined) {
      ofNode = new Map();
      this.nodes.set(nodeId, ofNode);
    }
    const known = ofNode.get(key);
    if (known !== undefined) {
      known.atMs = atMs;
      return known;
    }
    this.makeRoom(ofNode, atMs);
    const figures = { usage: null, log: null, publicIp: null, atMs };
    ofNode.set(key, figures);
    return figures;
  }

  private makeRoom(ofNode: Map<string, FiguresOfInstance>, nowMs: number): void {
    for (const [key, { atMs }] of ofNode) {
      if (nowMs - atMs > keptMs || ofNode.size >= maxOfNode) ofNode.delete(key);
    }
  }
}

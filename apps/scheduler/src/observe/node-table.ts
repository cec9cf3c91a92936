import type { NodeChanges, NodeFacts, Resources } from '@oakring/contracts';
import type { NodeColumns, Shape } from '../plan/node-columns.js';

const firstCapacity = 64;
/** Shapes that no node has any more are kept up to this many, then dropped together. */
const spareShapes = 64;

/**
 * The scheduler's own copy of the node view, as columns. What it holds depends on the nodes alone
 * and not on the order in which their changes came.
 */
export class NodeTable implements NodeColumns {
  count = 0;
  readonly ids: string[] = [];
  readonly slotOf = new Map<string, number>();
  ready = new Uint8Array(firstCapacity);
  cpuCapacity = new Float64Array(firstCapacity);
  memoryCapacity = new Float64Array(firstCapacity);
  cpuFree = new Float64Array(firstCapacity);
  memoryFree = new Float64Array(firstCapacity);
  cpuForeign = new Float64Array(firstCapacity);
  memoryForeign = new Float64Array(firstCapacity);
  shape = new Int32Array(firstCapacity);
  readonly shapes: Shape[] = [];
  /** Positions that the copy reflects: of the ledger, and of the newest reading. */
  position = 0;
  telemetry = 0;

  private cpuReserved = new Float64Array(firstCapacity);
  private memoryReserved = new Float64Array(firstCapacity);
  private shapeNumbers = new Map<string, number>();

  /** Takes in an answer of `GET /api/v1/node-changes`. */
  apply(changes: NodeChanges): void {
    if (changes.complete) this.clear();
    for (const id of changes.removed) this.remove(id);
    const countBefore = this.count;
    for (const node of changes.nodes) this.put(node);
    if (!this.isInOrderFrom(countBefore)) this.sortSlots();
    for (const { id, resources } of changes.foreign) this.putForeign(id, resources);
    if (this.shapes.length > this.count + spareShapes) this.dropSpareShapes();
    this.position = changes.position;
    this.telemetry = changes.telemetry;
  }

  private clear(): void {
    this.count = 0;
    this.ids.length = 0;
    this.slotOf.clear();
    this.shapes.length = 0;
    this.shapeNumbers = new Map();
  }

  private put(node: NodeFacts): void {
    const slot = this.slotOf.get(node.id) ?? this.newSlot(node.id);
    this.ready[slot] = readiness(node);
    this.cpuCapacity[slot] = node.capacity.cpuMillis;
    this.memoryCapacity[slot] = node.capacity.memoryMiB;
    this.cpuReserved[slot] = node.reserved.cpuMillis;
    this.memoryReserved[slot] = node.reserved.memoryMiB;
    this.shape[slot] = this.shapeNumberOf(node);
    this.refreshFree(slot);
  }

  private putForeign(id: string, resources: Resources): void {
    const slot = this.slotOf.get(id);
    if (slot === undefined) return;
    this.cpuForeign[slot] = resources.cpuMillis;
    this.memoryForeign[slot] = resources.memoryMiB;
    this.refreshFree(slot);
  }

  private refreshFree(slot: number): void {
    this.cpuFree[slot] = freeOf(this.cpuCapacity, this.cpuReserved, this.cpuForeign, slot);
    this.memoryFree[slot] = freeOf(
      this.memoryCapacity,
      this.memoryReserved,
      this.memoryForeign,
      slot,
    );
  }

  /** Those behind move up: slots stay dense and in order. */
  private remove(id: string): void {
    const slot = this.slotOf.get(id);
    if (slot === undefined) return;
    for (const column of this.columns()) column.copyWithin(slot, slot + 1, this.count);
    this.ids.splice(slot, 1);
    this.count -= 1;
    this.slotOf.delete(id);
    for (let at = slot; at < this.count; at += 1) this.slotOf.set(this.ids[at] ?? '', at);
  }

  /** Whether the slots from this one on, newly given, continue the order of the ids. */
  private isInOrderFrom(firstNew: number): boolean {
    for (let slot = Math.max(1, firstNew); slot < this.count; slot += 1) {
      if ((this.ids[slot] ?? '') < (this.ids[slot - 1] ?? '')) return false;
    }
    return true;
  }

  private sortSlots(): void {
    const ids = [...this.ids];
    const order = ids.map((_id, slot) => slot);
    order.sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
    for (const column of this.columns()) {
      const before = column.slice(0, this.count);
      for (const [slot, from] of order.entries()) column[slot] = before[from] ?? 0;
    }
    for (const [slot, from] of order.entries()) {
      const id = ids[from] ?? '';
      this.ids[slot] = id;
      this.slotOf.set(id, slot);
    }
  }

  private columns(): (Uint8Array | Float64Array | Int32Array)[] {
    return [
      this.ready,
      this.cpuCapacity,
      this.memoryCapacity,
      this.cpuFree,
      this.memoryFree,
      this.shape,
      this.cpuReserved,
      this.memoryReserved,
      this.cpuForeign,
      this.memoryForeign,
    ];
  }

  private newSlot(id: string): number {
    const slot = this.count;
    if (slot === this.ready.length) this.grow();
    this.ids.push(id);
    this.slotOf.set(id, slot);
    this.cpuForeign[slot] = 0;
    this.memoryForeign[slot] = 0;
    this.count += 1;
    return slot;
  }

  private grow(): void {
    const capacity = this.ready.length * 2;
    const doubles = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(capacity);
      larger.set(column);
      return larger;
    };
    const ready = new Uint8Array(capacity);
    ready.set(this.ready);
    this.ready = ready;
    const shape = new Int32Array(capacity);
    shape.set(this.shape);
    this.shape = shape;
    this.cpuCapacity = doubles(this.cpuCapacity);
    this.memoryCapacity = doubles(this.memoryCapacity);
    this.cpuFree = doubles(this.cpuFree);
    this.memoryFree = doubles(this.memoryFree);
    this.cpuReserved = doubles(this.cpuReserved);
    this.memoryReserved = doubles(this.memoryReserved);
    this.cpuForeign = doubles(this.cpuForeign);
    this.memoryForeign = doubles(this.memoryForeign);
  }

  private shapeNumberOf(node: Shape): number {
    const { technologies, architecture, labels, enforcesStop } = node;
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([technologies, architecture, enforcesStop, sorted]);
    const known = this.shapeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.shapes.push({ technologies, architecture, labels, enforcesStop }) - 1;
    this.shapeNumbers.set(key, number);
    return number;
  }

  private dropSpareShapes(): void {
    const before = this.shapes.splice(0);
    this.shapeNumbers = new Map();
    for (let slot = 0; slot < this.count; slot += 1) {
      const shape = before[this.shape[slot] ?? 0];
      if (shape !== undefined) this.shape[slot] = this.shapeNumberOf(shape);
    }
  }
}

/** As `NodeColumns.ready` has it. */
function readiness({ status, open }: NodeFacts): 0 | 1 | 2 {
  if (status !== 'ready') return 0;
  return open ? 1 : 2;
}

function freeOf(
  capacity: Float64Array,
  reserved: Float64Array,
  foreign: Float64Array,
  slot: number,
): number {
  return Math.max(0, (capacity[slot] ?? 0) - (reserved[slot] ?? 0) - (foreign[slot] ?? 0));
}

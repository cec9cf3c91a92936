import type { HeldPort, NodeChanges, NodeFacts, Resources } from '@oakring/contracts';
import type { Make } from '../filters/filter.js';
import { standardRules, type Rules } from '../rules.js';
import { amountsOf, resourcesAt } from './amounts.js';
import type { NodeColumns } from './node-columns.js';

const firstCapacity = 64;
/** Makes that no node has any more are kept up to this many, then dropped together. */
const spareMakes = 64;
const noPorts: readonly HeldPort[] = [];

type Column = Float64Array | Int32Array;

/**
 * A copy of the node view, as columns. What it holds depends on the nodes alone and not on the order
 * in which their changes came.
 */
export class NodeTable implements NodeColumns {
  count = 0;
  readonly ids: string[] = [];
  readonly names: string[] = [];
  readonly slotOf = new Map<string, number>();
  readonly capacity: Float64Array[];
  readonly free: Float64Array[];
  readonly foreign: Float64Array[];
  readonly inUse: (Resources | null)[] = [];
  readonly ports: (readonly HeldPort[])[] = [];
  placements = new Int32Array(firstCapacity);
  make = new Int32Array(firstCapacity);
  readonly makes: Make[] = [];
  /** Positions that the copy reflects: of the ledger, and of the newest reading. */
  position = 0;
  telemetry = 0;

  private readonly reserved: Float64Array[];
  private makeNumbers = new Map<string, number>();

  constructor(readonly rules: Rules = standardRules) {
    const columns = () => rules.resources.map(() => new Float64Array(firstCapacity));
    this.capacity = columns();
    this.free = columns();
    this.foreign = columns();
    this.reserved = columns();
  }

  /** Takes in an answer of the manager. */
  apply(changes: NodeChanges): void {
    if (changes.complete) this.clear();
    for (const id of changes.removed) this.remove(id);
    const countBefore = this.count;
    for (const node of changes.nodes) this.put(node);
    if (!this.isInOrderFrom(countBefore)) this.sortSlots();
    for (const { id, resources } of changes.foreign) this.putForeign(id, resources);
    if (this.makes.length > this.count + spareMakes) this.dropSpareMakes();
    this.position = changes.position;
    this.telemetry = changes.telemetry;
  }

  private clear(): void {
    this.count = 0;
    this.ids.length = 0;
    this.names.length = 0;
    this.inUse.length = 0;
    this.ports.length = 0;
    this.slotOf.clear();
    this.makes.length = 0;
    this.makeNumbers = new Map();
  }

  private put(node: NodeFacts): void {
    const slot = this.slotOf.get(node.id) ?? this.newSlot(node.id);
    write(this.capacity, slot, amountsOf(this.rules, node.capacity));
    write(this.reserved, slot, amountsOf(this.rules, node.reserved));
    this.make[slot] = this.makeNumberOf(node);
    this.names[slot] = node.name ?? '';
    this.placements[slot] = node.placements ?? 0;
    this.ports[slot] = node.ports ?? noPorts;
    this.refreshFree(slot);
  }

  private putForeign(id: string, resources: Resources): void {
    const slot = this.slotOf.get(id);
    if (slot === undefined) return;
    const amounts = amountsOf(this.rules, resources);
    write(this.foreign, slot, amounts);
    const isAny = amounts.some((amount) => amount !== 0);
    this.inUse[slot] = isAny ? resourcesAt(this.rules, amounts) : null;
    this.refreshFree(slot);
  }

  private refreshFree(slot: number): void {
    const at = (columns: readonly Float64Array[], resource: number): number =>
      columns[resource]?.[slot] ?? 0;
    for (const [resource, free] of this.free.entries()) {
      const kept = at(this.reserved, resource) + at(this.foreign, resource);
      free[slot] = Math.max(0, at(this.capacity, resource) - kept);
    }
  }

  /** Those behind move up: slots stay dense and in order. */
  private remove(id: string): void {
    const slot = this.slotOf.get(id);
    if (slot === undefined) return;
    for (const column of this.columns()) column.copyWithin(slot, slot + 1, this.count);
    this.ids.splice(slot, 1);
    this.names.splice(slot, 1);
    this.inUse.splice(slot, 1);
    this.ports.splice(slot, 1);
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
    const names = [...this.names];
    const inUse = [...this.inUse];
    const ports = [...this.ports];
    const order = ids.map((_id, slot) => slot);
    order.sort((a, b) => ((ids[a] ?? '') < (ids[b] ?? '') ? -1 : 1));
    for (const column of this.columns()) {
      const before = column.slice(0, this.count);
      for (const [slot, from] of order.entries()) column[slot] = before[from] ?? 0;
    }
    for (const [slot, from] of order.entries()) {
      const id = ids[from] ?? '';
      this.ids[slot] = id;
      this.names[slot] = names[from] ?? '';
      this.inUse[slot] = inUse[from] ?? null;
      this.ports[slot] = ports[from] ?? noPorts;
      this.slotOf.set(id, slot);
    }
  }

  private columns(): Column[] {
    const { capacity, free, foreign, reserved } = this;
    return [this.make, this.placements, ...capacity, ...free, ...foreign, ...reserved];
  }

  private newSlot(id: string): number {
    const slot = this.count;
    if (slot === this.make.length) this.grow();
    this.ids.push(id);
    this.names.push('');
    this.inUse.push(null);
    this.ports.push(noPorts);
    this.slotOf.set(id, slot);
    for (const column of this.foreign) column[slot] = 0;
    this.count += 1;
    return slot;
  }

  private grow(): void {
    const length = this.make.length * 2;
    const make = new Int32Array(length);
    make.set(this.make);
    this.make = make;
    const placements = new Int32Array(length);
    placements.set(this.placements);
    this.placements = placements;
    for (const columns of [this.capacity, this.free, this.foreign, this.reserved]) {
      for (const [at, column] of columns.entries()) {
        const larger = new Float64Array(length);
        larger.set(column);
        columns[at] = larger;
      }
    }
  }

  private makeNumberOf(node: Make): number {
    const { status, open, technologies, architecture, labels, enforcesStop, diskLacks } = node;
    const { addons = [], drivers = [], features = [], hostPaths = [], registries = [] } = node;
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const kept = {
      ...{ status, open, technologies, architecture, enforcesStop, addons, drivers },
      ...{ features, hostPaths, registries },
      ...(diskLacks === undefined ? {} : { diskLacks }),
    };
    const key = JSON.stringify([kept, sorted]);
    const known = this.makeNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.makes.push({ ...kept, labels }) - 1;
    this.makeNumbers.set(key, number);
    return number;
  }

  private dropSpareMakes(): void {
    const before = this.makes.splice(0);
    this.makeNumbers = new Map();
    for (let slot = 0; slot < this.count; slot += 1) {
      const make = before[this.make[slot] ?? 0];
      if (make !== undefined) this.make[slot] = this.makeNumberOf(make);
    }
  }
}

function write(columns: readonly Float64Array[], slot: number, amounts: readonly number[]): void {
  for (const [at, column] of columns.entries()) column[slot] = amounts[at] ?? 0;
}

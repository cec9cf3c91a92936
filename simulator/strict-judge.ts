import { subjectOf, type StoredEvent } from '@oakring/events';
import { nameOf, placementKey, type ClusterState } from '@oakring/model';
import type { Address } from './lines.js';
import type { World } from './world.js';

/** What a node's silence is counted from. */
interface Heard {
  /** When managers heard it, the newest last. */
  readonly atMs: number[];
  /** Its newest registration on record: an outage before that kept nothing from it. */
  registeredMs: number;
  /** By the ledger; null: it is ready. */
  absentSince: number | null;
  /** Something other than the broker was in its way until then. */
  troubledUntilMs: number;
}

interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

const returnMarginMs = 5_000;
const mostReturnMs = 600_000;
const remembered = 400;
/** Of commits whose time is further off a clock was wrong: nothing is said of those. */
const mostLateMs = 40_000;
/** What a worker says of an order that should not have been sent. */
const harms = [/already exists/, /must match/, /is not active/];

/**
 * What is promised to workers of Oakestra (docs/oakestra.md): they say nothing of generations, so who
 * judges them keeps which start each order was about.
 */
export class StrictJudge {
  private readonly nodes = new Map<string, Heard>();
  /** The starts that were ordered of `<node> <name>/<number>` and are left, the earliest first. */
  private readonly starts = new Map<string, Address[]>();
  /** When each start was ordered, and whether a manager has said so; by `<node> <key>`. */
  private readonly ordered = new Map<string, { readonly atMs: number; isSent: boolean }>();
  /** `<node> <key>` of what runs and was known to be there. */
  private readonly known = new Set<string>();
  /** As of the newest commit. */
  private state: ClusterState | null = null;
  private unlinkedSinceMs: number | null = 0;
  private outage: Outage = { fromMs: 0, toMs: 0 };

  constructor(
    private readonly world: World,
    private readonly fail: (what: string) => void,
  ) {}

  has(nodeId: string): void {
    this.nodes.set(nodeId, { atMs: [], registeredMs: 0, absentSince: null, troubledUntilMs: 0 });
  }

  /** Its machine, its worker or its own line is not well, up to then. */
  troubled(nodeId: string, untilMs: number): void {
    const node = this.nodes.get(nodeId);
    if (node !== undefined) node.troubledUntilMs = Math.max(node.troubledUntilMs, untilMs);
  }

  /** Its worker has just registered. */
  isWell(nodeId: string): void {
    const node = this.nodes.get(nodeId);
    if (node !== undefined) node.troubledUntilMs = this.world.nowMs;
  }

  /** Managers are connected with the broker, or not any more. */
  linked(isLinked: boolean): void {
    const { nowMs } = this.world;
    if (!isLinked) this.unlinkedSinceMs ??= nowMs;
    else if (this.unlinkedSinceMs !== null) {
      this.outage = { fromMs: this.unlinkedSinceMs, toMs: nowMs };
      this.unlinkedSinceMs = null;
    }
  }

  /** A manager hears something of a node. */
  heard(topic: string): void {
    const [, nodeId = ''] = topic.split('/');
    const atMs = this.nodes.get(nodeId)?.atMs;
    if (atMs === undefined) return;
    atMs.push(this.world.nowMs);
    if (atMs.length > remembered) atMs.splice(0, remembered / 2);
  }

  /**
   * Whether nobody can say that a start is not under way: its worker's words may have been lost while no
   * manager was there, or, of one that is not wanted any more, the order itself.
   */
  mayBePulled(nodeId: string, key: string, isWanted: boolean): boolean {
    const ordered = this.ordered.get(`${nodeId} ${key}`);
    if (ordered === undefined) return false;
    return this.outage.toMs > ordered.atMs || (!isWanted && ordered.isSent);
  }

  /** Whether it is said to a worker of Oakestra. */
  isOrder(topic: string): boolean {
    return this.nodes.has(topic.split('/')[1] ?? '');
  }

  /** Which start a manager's order is about; null: it is not about one. */
  startIn(topic: string, payload: string): Address | null {
    const [, nodeId = '', , kind] = topic.split('/');
    if (kind !== 'deploy' || !this.nodes.has(nodeId)) return null;
    const { job_name: name, instance_number: number } = JSON.parse(payload) as {
      readonly job_name: string;
      readonly instance_number: number;
    };
    // Nothing of a later one is said before the earlier one is gone.
    const starts = this.starts.get(`${nodeId} ${name}/${number}`) ?? [];
    const start = starts.find((one) => this.isLeft(nodeId, one)) ?? starts.at(-1);
    if (start === undefined) return null;
    const { job, instance, generation } = start;
    const ordered = this.ordered.get(`${nodeId} ${placementKey(job, instance, generation)}`);
    if (ordered !== undefined) ordered.isSent = true;
    return start;
  }

  /** A worker's word. */
  said(nodeId: string, { status, status_detail: detail }: Readonly<Record<string, unknown>>): void {
    if (status !== 'FAILED' || !harms.some((each) => each.test(String(detail)))) return;
    this.fail(`${nodeId} was ordered what it cannot do: ${String(detail)}`);
  }

  look(event: StoredEvent, state: ClusterState, clockErrorMs = 0): void {
    this.state = state;
    if (event.type === 'NodeRegistered') {
      const node = this.nodes.get(subjectOf(event));
      if (node !== undefined) node.registeredMs = this.world.nowMs;
    }
    if (event.type === 'CommandIssued') {
      const { kind, nodeId, instance, generation } = event.data;
      if ((kind !== 'deploy' && kind !== 'replicate') || !this.nodes.has(nodeId)) return;
      const id = subjectOf(event);
      const job = state.jobs.get(id);
      const name = job === undefined ? id : nameOf(job);
      const what = `${nodeId} ${name}/${instance}`;
      const before = (this.starts.get(what) ?? []).filter(
        (one) => state.placements.get(keyOf(one))?.nodeId === nodeId,
      );
      before.push({ job: id, instance, generation });
      this.starts.set(
        what,
        before.sort((one, other) => one.generation - other.generation),
      );
      const address = `${nodeId} ${placementKey(id, instance, generation)}`;
      this.ordered.set(address, { atMs: this.world.nowMs, isSent: false });
    }
    if (event.type === 'InstanceLost' && event.data.ended !== true) {
      this.judgeLoss(event, state, clockErrorMs);
    }
  }

  private isLeft(nodeId: string, start: Address): boolean {
    return this.state?.placements.get(keyOf(start))?.nodeId === nodeId;
  }

  /** What is there by the ledger ends there only when it has ended on the machine. */
  compare(running: ReadonlyMap<string, ReadonlySet<string>>, state: ClusterState): void {
    for (const [nodeId, heard] of this.nodes) {
      const node = state.nodes.get(nodeId);
      const isForgotten = node === undefined;
      const isPresent = isForgotten || node.status === 'ready' || node.status === 'registered';
      heard.absentSince = isPresent ? null : (heard.absentSince ?? state.head.at);
      for (const key of running.get(nodeId) ?? []) {
        const address = `${nodeId} ${key}`;
        const isThere = state.placements.get(key)?.nodeId === nodeId;
        if (isThere) this.known.add(address);
        else if (this.known.delete(address) && !isForgotten) {
          this.fail(`${key} has ended on ${nodeId} by the ledger, and runs there`);
        }
      }
    }
  }

  /** It does not run there any more. */
  gone(nodeId: string, key: string): void {
    this.known.delete(`${nodeId} ${key}`);
  }

  /** Silence is counted from the last message, and after an outage only once all could be back. */
  private judgeLoss(
    event: Extract<StoredEvent, { type: 'InstanceLost' }>,
    state: ClusterState,
    clockErrorMs: number,
  ): void {
    const { nodeId, instance, generation } = event.data;
    const heard = this.nodes.get(nodeId);
    const job = state.jobs.get(subjectOf(event));
    const patienceMs = job?.policy.onDisconnect.lostAfterMs ?? null;
    const decidedMs = event.at - clockErrorMs - (this.world.wallMs - this.world.nowMs);
    const isTimeRight = decidedMs <= this.world.nowMs && this.world.nowMs - decidedMs < mostLateMs;
    // One that is forgotten is not waited for.
    const isKnown = state.nodes.get(nodeId) !== undefined;
    if (heard === undefined || patienceMs === null || !isTimeRight || !isKnown) return;
    const lastMs = heard.atMs.findLast((ms) => ms <= decidedMs) ?? 0;
    const key = placementKey(subjectOf(event), instance, generation);
    const what = `${key} is called lost on ${nodeId}`;
    const absentMs = event.at - (heard.absentSince ?? event.at);
    if (Math.max(decidedMs - lastMs, absentMs) < patienceMs) {
      this.fail(`${what} ${decidedMs - lastMs} ms after its last message, not ${patienceMs}`);
    }
    const { fromMs, toMs } = this.outage;
    if (Math.max(lastMs, heard.registeredMs) > toMs) return;
    if (heard.troubledUntilMs < lastMs) this.fail(`${what}, and only the broker was away`);
    const dueMs = toMs + Math.min(toMs - fromMs + returnMarginMs, mostReturnMs);
    if (decidedMs >= dueMs) return;
    this.fail(`${what} ${decidedMs - toMs} ms after an outage of ${toMs - fromMs} ms`);
  }
}

function keyOf({ job, instance, generation }: Address): string {
  return placementKey(job, instance, generation);
}

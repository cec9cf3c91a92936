import {
  ownerOf,
  partedOf,
  type Changes,
  type ClusterState,
  type InstanceRecord,
} from '@oakring/model';
import { reportOf, toldKeys, type Measured, type Report } from './report.js';

/** What a root reads in some seconds; it answers nobody meanwhile, and is killed after thirty. */
const usual = { instances: 200, bytes: 256_000 };
const leastInstances = 1;

/**
 * Which instances come into the next report: those that changed since they were told, the longest waiting
 * first, and then the others in turn.
 */
export class ReportTurns {
  private readonly changed = new Set<string>();
  /** The last one that had its turn. */
  private newest = '';
  /** Smaller while the root does not take so many at once. */
  private most = usual.instances;

  constructor(state: ClusterState) {
    // What the one before did not come to tell.
    for (const { key } of state.parted.values()) this.noteOne(key, state);
  }

  note(changes: Changes, state: ClusterState): void {
    for (const key of changes.instances) this.noteOne(key, state);
    for (const nodeId of changes.presences) {
      for (const key of state.placementsOfNode.of(nodeId)) {
        this.noteOne(ownerOf(key), state);
      }
    }
  }

  private noteOne(key: string, state: ClusterState): void {
    const instance = state.instances.get(key);
    const isGone = partedOf(state, key) !== null;
    const isGiven = instance !== undefined && state.jobs.get(instance.job)?.numbering === 'given';
    // An order that nobody has answered yet is no news to who gave it; where it goes, or why nowhere, is.
    if (isGone || (isGiven && !isUndecided(instance))) this.changed.add(key);
    else this.changed.delete(key);
  }

  get hasNews(): boolean {
    return this.changed.size > 0;
  }

  /** Takes what it tells out of what is to be told. `isWhole`: the others have their turn as well. */
  next(state: ClusterState, measured: Measured, isWhole: boolean): Report {
    const first = [...this.changed];
    const others = isWhole ? this.inTurn(state) : [];
    const limits = { ...usual, instances: this.most };
    const keys = new Set([...first, ...others]);
    const report = reportOf({ state, measured }, keys, limits);
    const last = report.told.at(-1);
    if (others.length > 0 && last !== undefined) this.newest = last;
    for (const key of report.done) this.changed.delete(key);
    return report;
  }

  taken(): void {
    this.most = Math.min(usual.instances, this.most * 2);
  }

  /** Behind what else waits: whatever it is that the root does not take, it holds up nothing else. */
  notTaken({ told }: Report, isTooMuch: boolean): void {
    if (isTooMuch) this.most = Math.max(leastInstances, Math.ceil(told.length / 2));
    for (const key of told) this.changed.add(key);
  }

  private inTurn(state: ClusterState): readonly string[] {
    const keys = toldKeys(state);
    const at = keys.indexOf(this.newest) + 1;
    return [...keys.slice(at), ...keys.slice(0, at)];
  }
}

function isUndecided({ status, generation, refused }: InstanceRecord): boolean {
  return status === 'pending' && generation === 0 && refused === null;
}

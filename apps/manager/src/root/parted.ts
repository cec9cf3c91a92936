import { subjectOf, type StoredEvent } from '@oakring/events';
import { currentRoot, instanceKey, nameOf, type Changes, type ClusterState } from '@oakring/model';
import { isTold } from './told-status.js';

/** An instance that the root was told of, or would have been. */
export interface Parted {
  readonly job: string;
  readonly name: string;
  readonly number: number;
  readonly root: string | null;
  /** Wall clock: when it was gone. */
  readonly goneMs: number;
}

/** Many more than an operator ends before a report is taken; the oldest go first. */
const maxParted = 1_000;

/**
 * Instances that are gone here without their root having asked for it: it hears so once, or would take
 * them for what they were for ever. In memory, of one term.
 */
export class PartedInstances {
  private readonly known = new Map<string, Omit<Parted, 'goneMs'>>();
  private readonly parted = new Map<string, Parted>();

  constructor(state: ClusterState) {
    for (const [key] of state.instances.entries()) this.noteOne(key, state);
  }

  /** Numbers that their root has taken back are not to be told, whenever they are gone. Before `note`. */
  takenBack(events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (event.type !== 'JobScaled' || event.data.forced === true) continue;
      for (const number of event.data.removed) {
        this.known.delete(instanceKey(subjectOf(event), number));
      }
    }
  }

  /** Keys of those that have gone by these changes. */
  note({ jobs, instances }: Pick<Changes, 'jobs' | 'instances'>, state: ClusterState): string[] {
    for (const id of jobs) {
      if (state.jobs.get(id)?.dismissed !== true) continue;
      for (const key of state.instancesOfJob.of(id)) this.known.delete(key);
    }
    return [...instances].filter((key) => this.noteOne(key, state));
  }

  /** Null: it is not gone, or its root has lost its memory since. */
  of(key: string, state: ClusterState): Parted | null {
    const parted = this.parted.get(key);
    return parted?.root === currentRoot(state) ? parted : null;
  }

  told(keys: Iterable<string>): void {
    for (const key of keys) this.parted.delete(key);
  }

  private noteOne(key: string, state: ClusterState): boolean {
    const instance = state.instances.get(key);
    const job = instance === undefined ? undefined : state.jobs.get(instance.job);
    if (instance === undefined || job === undefined) return this.gone(key, state);
    this.parted.delete(key);
    if (job.numbering === 'given' && !job.dismissed && isTold(state, job, instance)) {
      const { number } = instance;
      this.known.set(key, { job: job.id, name: nameOf(job), number, root: job.root });
    } else this.known.delete(key);
    return false;
  }

  private gone(key: string, { head }: ClusterState): boolean {
    const known = this.known.get(key);
    if (known === undefined) return false;
    this.known.delete(key);
    this.parted.set(key, { ...known, goneMs: head.at });
    for (const oldest of this.parted.keys()) {
      if (this.parted.size <= maxParted) break;
      this.parted.delete(oldest);
    }
    return true;
  }
}

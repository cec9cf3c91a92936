import { decodeEvents, verifyChain, type StoredEvent } from '@oakring/events';
import { ClusterState, foldCommit } from '@oakring/model';
import type { Judge } from './judge.js';
import type { Written } from './store.js';
import type { Life, World } from './world.js';

/** Hears every event once it is durable, with the simulated time. */
export type Trace = (event: StoredEvent, atMs: number) => void;

/** Reads what becomes durable, as an auditor would, and folds it from nothing: it knows no manager. */
export class Auditor {
  readonly state = new ClusterState(false);
  private readonly writers = new Map<number, Life>();

  constructor(
    private readonly world: World,
    private readonly judge: Judge,
    private readonly trace: Trace,
  ) {}

  /** The newest epoch that is open. */
  get epoch(): number {
    return this.state.head.epoch;
  }

  /** Who writes in it. */
  get writer(): Life | undefined {
    return this.writers.get(this.epoch);
  }

  durable({ commit, writer }: Written): void {
    const verified = verifyChain([commit], this.state.head);
    if (verified.status !== 'intact') {
      return this.judge.fail(
        `the chain is broken at ${commit.position}: ${verified.damage.detail}`,
      );
    }
    const events = decodeEvents(commit);
    this.judgeEpoch(commit.epoch, events, writer);
    foldCommit(this.state, commit, events);
    for (const event of events) this.trace(event, this.world.nowMs);
    this.judge.committed(events, this.state, writer.clockErrorMs);
  }

  /** An epoch is opened once, by whoever writes all of it. */
  private judgeEpoch(epoch: number, events: readonly StoredEvent[], writer: Life): void {
    const opened = events.filter(({ type }) => type === 'EpochOpened').length;
    const isNew = epoch > this.epoch;
    if (isNew) this.writers.set(epoch, writer);
    if (opened !== (isNew ? 1 : 0)) this.judge.fail(`epoch ${epoch} is not opened once`);
    if (this.writers.get(epoch) !== writer) {
      this.judge.fail(`two managers wrote in epoch ${epoch}, the second one is ${writer.name}`);
    }
  }
}

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { subjectOf, type LogHead, type StoredEvent } from '@oakring/events';
import { Distribution, slowSeconds } from '@oakring/metrics';
import { takenOverPolicy, type Changes } from '@oakring/model';
import type { Ports } from '@oakring/ports';
import { LEADERSHIP, type LeadershipView } from '../../injection/query-tokens.js';
import { PORTS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { knownCode } from './census.js';

/** An instance that waits for a place, or has one and is not known to run. */
interface Wanted {
  readonly since: number;
  readonly isPlaced: boolean;
}

/**
 * What happened, counted as the views move, since this manager began. Events are counted by every manager,
 * all else while it leads, so that a sum over managers counts nothing twice. What is remembered is what is
 * pending or starting: no more than the views hold.
 */
@Injectable()
export class LedgerCounts implements OnModuleDestroy {
  readonly events = new Map<string, number>();
  placements = 0;
  /** Instances that got no place, by code. */
  readonly refusals = new Map<string, number>();
  retries = 0;
  /** From wanting a place to having one. */
  readonly placing = new Distribution(slowSeconds);
  /** From wanting a place to being heard to run. */
  readonly starting = new Distribution(slowSeconds);
  /** From an order to its receipt. */
  readonly acknowledging = new Distribution(slowSeconds);
  private readonly wanted = new Map<string, Wanted>();
  private readonly unexpected = new Map<string, number>();
  private readonly beganMs: number;
  private readonly leave: () => void;

  constructor(
    private readonly projection: Projection,
    @Inject(LEADERSHIP) private readonly leadership: Pick<LeadershipView, 'status'>,
    @Inject(PORTS) { clock }: Pick<Ports, 'clock'>,
  ) {
    this.beganMs = clock.wallMs();
    const { jobsWithPending, pendingOfJob } = projection.state;
    for (const job of jobsWithPending) for (const key of pendingOfJob.of(job)) this.follow(key, 0);
    this.leave = projection.onProjected((events, head, changes) =>
      this.hear(events, head, changes),
    );
  }

  onModuleDestroy(): void {
    this.leave();
  }

  /** Since when a node has shown what nobody ordered; at least since we began. */
  unexpectedSince(nodeId: string): number {
    return this.unexpected.get(nodeId) ?? this.beganMs;
  }

  private hear(events: readonly StoredEvent[], { at }: LogHead, { instances }: Changes): void {
    const { leading } = this.leadership.status;
    for (const event of events) {
      this.events.set(event.type, (this.events.get(event.type) ?? 0) + 1);
      this.noteDrift(event);
      if (leading) this.count(event);
    }
    for (const key of instances) this.follow(key, leading ? at : 0);
  }

  private count(event: StoredEvent): void {
    switch (event.type) {
      case 'InstancesPlaced':
        if (event.data.basis?.policy !== takenOverPolicy) {
          this.placements += event.data.placements.length;
        }
        break;
      case 'PlacementRefused': {
        const code = knownCode(event.data.code);
        const before = this.refusals.get(code) ?? 0;
        this.refusals.set(code, before + event.data.instances.length);
        break;
      }
      case 'CommandDispatched':
        this.retries += 1;
        break;
      case 'CommandReceived':
      case 'CommandDelivered': {
        const issuedAt = this.projection.state.commands.get(event.data.commandId)?.issuedAt;
        if (issuedAt !== undefined) this.acknowledging.observe((event.at - issuedAt) / 1_000);
        break;
      }
      default:
        break;
    }
  }

  private noteDrift(event: StoredEvent): void {
    if (event.type === 'NodeForgotten') this.unexpected.delete(subjectOf(event));
    if (event.type !== 'DriftDetected') return;
    const node = subjectOf(event);
    if (event.data.unexpected.length === 0) this.unexpected.delete(node);
    else if (!this.unexpected.has(node)) this.unexpected.set(node, event.at);
  }

  /** `at`: commit time of the change; 0: it is not ours to measure. */
  private follow(key: string, at: number): void {
    const instance = this.projection.state.instances.get(key);
    const before = this.wanted.get(key);
    switch (instance?.status) {
      case 'pending':
        // Withdrawn before it ran, it goes on being wanted.
        if (before === undefined || before.isPlaced) {
          this.wanted.set(key, { since: before?.since ?? instance.since, isPlaced: false });
        }
        break;
      case 'placed':
      case 'starting':
        if (before === undefined || before.isPlaced) break;
        this.wanted.set(key, { since: before.since, isPlaced: true });
        if (at > 0) this.placing.observe((at - before.since) / 1_000);
        break;
      case 'running':
        this.wanted.delete(key);
        if (before === undefined || at === 0) break;
        if (!before.isPlaced) this.placing.observe((at - before.since) / 1_000);
        this.starting.observe((at - before.since) / 1_000);
        break;
      case 'completed':
      case 'failed':
      case 'stopping':
      case 'lost':
      case undefined:
        this.wanted.delete(key);
        break;
    }
  }
}

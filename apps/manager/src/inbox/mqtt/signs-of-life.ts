import { Inject, Injectable } from '@nestjs/common';
import type { Reading } from '@oakring/contracts';
import type { CommandQueue } from '../../commands/command.js';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { CORRESPONDENCE, WORKER_COMMANDS } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import type { NodeRecord } from '@oakring/model';
import { StaleSpeakers } from './stale-speakers.js';
import { UnknownWorkers } from './unknown-workers.js';
import type { Correspondence, HeardMessage } from './worker-message.js';
import { nodeStream } from '@oakring/events';

/**
 * Whoever sends anything lives: a message of a known node's present start counts, also one that is
 * refused for what it says or cannot be read at all. (Not a retained one, a registration or a status:
 * those come from brokers, or from other machines that claim the id.)
 */
@Injectable()
export class SignsOfLife {
  /**
   * Position of the node's record when its return was submitted: once is enough until the record
   * moves. Only nodes that were silent are in here.
   */
  private readonly returning = new Map<string, number>();

  constructor(
    private readonly projection: Projection,
    private readonly table: TelemetryTable,
    private readonly stale: StaleSpeakers,
    private readonly unknown: UnknownWorkers,
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    @Inject(CORRESPONDENCE) private readonly correspondence: Correspondence,
  ) {}

  /** A message of the node was accepted. */
  seen(nodeId: string): void {
    this.table.touch(nodeId);
  }

  /** A message that says nothing else; `incarnation` null: it does not say of which start. */
  heard(nodeId: string, incarnation: number | null): void {
    const node = this.projection.state.nodes.get(nodeId);
    if (node === undefined) return this.stale.heardUnknown(nodeId);
    if (incarnation !== null && incarnation !== node.incarnation) {
      return this.stale.heard(node, incarnation);
    }
    this.spoke(node);
  }

  /** As `heard`; whoever cannot be told that nobody knows it is shown to people. */
  sighted(heard: HeardMessage<'sighting'>): void {
    const { nodeId } = heard.message;
    const node = this.projection.state.nodes.get(nodeId);
    if (node !== undefined) return this.spoke(node);
    this.unknown.heard(heard);
    this.stale.heardUnknown(nodeId);
  }

  /** A reading was believed: it may also be answered. */
  read(node: NodeRecord, { incarnation, sequence }: Reading): void {
    this.welcome(node, 'sent a reading');
    this.correspondence.readingTaken(node.id, incarnation, sequence);
  }

  /** A silent node speaks: the sign of life goes through the ledger, and its state is asked for. */
  welcome(node: NodeRecord, reason: string): void {
    if (node.status === 'ready' || node.status === 'registered') return;
    this.bringBack(node, reason);
    this.correspondence.heardAgain(node.id);
  }

  private spoke(node: NodeRecord): void {
    this.table.touch(node.id);
    this.welcome(node, 'sent a message');
  }

  private bringBack({ id: nodeId, incarnation, position }: NodeRecord, reason: string): void {
    if (this.returning.get(nodeId) === position) return;
    this.returning.set(nodeId, position);
    this.queue
      .submit(
        { type: 'ObserveNode', nodeId, incarnation, seen: 'alive', reason },
        { by: nodeStream(nodeId), cause: 'observed:life' },
      )
      // Nothing was decided: the next message tries again.
      .catch(() => this.returning.delete(nodeId));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@oakring/ports';
import type { CommandQueue } from '../../commands/command.js';
import { PORTS, WORKER_COMMANDS } from '../../injection/tokens.js';
import type { NodeRecord } from '@oakring/model';
import { TokenBucket, type Rate } from '../../access/token-bucket.js';
import { RegistrationDesk } from './registration-desk.js';
import { byItself } from '../../commands/origin.js';

/** A node is told at most this often: the newer start hears it too. */
const tellEveryMs = 10_000;
/** Nodes that nobody knows are told at this rate together: anybody can make up ids. */
const ofStrangers: Rate = { burst: 1_000, perSecond: 50 };
const maxStrangers = 10_000;

/**
 * Workers that do not know how they stand, and go on as before. They are told, on the topic that they
 * hear. One whose node nobody knows (it was forgotten, or the ledger begun anew, and its connection
 * never broke) registers anew. A start that is not its node any more (a machine that was cut off while
 * a copy of it took over) ends; one that speaks on all the same is a rival, on record. (Last words
 * that were under way when the newer start came are told once, and that is all.)
 */
@Injectable()
export class StaleSpeakers {
  private readonly told = new Map<
    string,
    { readonly incarnation: number; readonly atMs: number }
  >();
  /** When each node that nobody knows was told, monotonic milliseconds. */
  private readonly strangers = new Map<string, number>();
  private readonly rate: TokenBucket;

  constructor(
    private readonly desk: RegistrationDesk,
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    this.rate = new TokenBucket(ofStrangers, ports.clock.monotonicMs());
  }

  /** A message came in the name of a node that nobody knows. */
  heardUnknown(nodeId: string): void {
    const nowMs = this.ports.clock.monotonicMs();
    const toldMs = this.strangers.get(nodeId) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - toldMs < tellEveryMs || !this.rate.hasAny(nowMs)) return;
    this.rate.take(1);
    if (this.strangers.size >= maxStrangers) this.strangers.clear();
    this.strangers.set(nodeId, nowMs);
    const detail = `Node ${nodeId} is not registered, or not any more.`;
    this.desk.tell(nodeId, { code: 'node-unknown', detail });
  }

  /** A live message came in the node's name, of a start that is not the node's. */
  heard({ id: nodeId, incarnation: current }: NodeRecord, incarnation: number): void {
    if (incarnation >= current) return;
    const before = this.told.get(nodeId);
    const nowMs = this.ports.clock.monotonicMs();
    if (before !== undefined && nowMs - before.atMs < tellEveryMs) return;
    // Only nodes of the ledger are in here: as many as there are records of them.
    this.told.set(nodeId, { incarnation, atMs: nowMs });
    const detail = `A newer start of the worker of node ${nodeId} has registered.`;
    this.desk.tell(nodeId, { code: 'incarnation-stale', detail });
    if (before?.incarnation !== incarnation) return;
    this.queue
      .submit({ type: 'RecordRival', nodeId, incarnation }, byItself('rivals'))
      .catch(() => {
        // Nothing was decided: it is told again, and recorded then.
      });
  }
}

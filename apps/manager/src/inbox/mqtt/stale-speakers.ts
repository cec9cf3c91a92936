import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@oakring/ports';
import type { CommandQueue } from '../../commands/command.js';
import { PORTS, WORKER_COMMANDS } from '../../tokens.js';
import type { NodeRecord } from '../../views/records.js';
import { RegistrationDesk } from './registration-desk.js';

/** A node is told at most this often: the newer start hears it too. */
const tellEveryMs = 10_000;

/**
 * Starts that are not their node any more and do not know it: a machine that was cut off while a copy
 * of it took over. They are told, on the topic that they hear; one that speaks on all the same is a
 * rival, on record. (Last words that were under way when the newer start came are told once, and that
 * is all.)
 */
@Injectable()
export class StaleSpeakers {
  private readonly told = new Map<
    string,
    { readonly incarnation: number; readonly atMs: number }
  >();

  constructor(
    private readonly desk: RegistrationDesk,
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /** A live message came in the node's name, of a start that is not the node's. */
  heard({ id: nodeId, incarnation: current }: NodeRecord, incarnation: number): void {
    if (incarnation >= current) return;
    const before = this.told.get(nodeId);
    const nowMs = this.ports.clock.monotonicMs();
    if (before !== undefined && nowMs - before.atMs < tellEveryMs) return;
    // Only nodes of the ledger are in here: as many as there are records of them.
    this.told.set(nodeId, { incarnation, atMs: nowMs });
    this.desk.tellStale(nodeId);
    if (before?.incarnation !== incarnation) return;
    this.queue.submit({ type: 'RecordRival', nodeId, incarnation }).catch(() => {
      // Nothing was decided: it is told again, and recorded then.
    });
  }
}

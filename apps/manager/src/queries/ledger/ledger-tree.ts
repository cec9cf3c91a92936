import { Inject, Injectable } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { MerklePages, type Leaves } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { EventLogReader } from '@oakring/stores';
import { EVENT_LOG, PORTS } from '../../injection/tokens.js';

/** Questions that wait for the one being answered. */
const maxWaiting = 32;

export interface TreeGrowth {
  readonly fromRoot: string;
  readonly toRoot: string;
  readonly proof: readonly string[];
}

/** The Merkle tree of the log, as far as somebody asked: one question at a time, others working in between. */
@Injectable()
export class LedgerTree {
  private readonly pages = new MerklePages((leaves) => this.hashes(leaves));
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /** How the tree of `from` commits became that of `to`. The log has them all. */
  async growth(from: number, to: number): Promise<TreeGrowth> {
    if (this.waiting >= maxWaiting) {
      const detail = `${this.waiting} questions about the tree wait already.`;
      throw new OakringError({ code: 'overloaded', detail });
    }
    this.waiting += 1;
    const growth = this.last.then(async () => ({
      fromRoot: await this.pages.root(from),
      toRoot: await this.pages.root(to),
      proof: await this.pages.consistency(from, to),
    }));
    this.last = growth.catch(() => {}).finally(() => (this.waiting -= 1));
    return growth;
  }

  private async hashes({ first, count }: Leaves): Promise<readonly string[]> {
    const hashes: string[] = [];
    while (hashes.length < count) {
      const from = first + hashes.length;
      const commits = await this.log.read({ from, limit: count - hashes.length });
      if (commits.length === 0) throw new RangeError(`the log has no commit ${from}`);
      for (const { hash } of commits) hashes.push(hash);
      await new Promise<void>((resolve) => this.ports.timers.soon(resolve));
    }
    return hashes;
  }
}

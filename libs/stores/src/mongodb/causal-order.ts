import type { ClientSession, MongoClient, Timestamp } from 'mongodb';

/**
 * What one process asks of a replica set, in one order: no answer shows less than an earlier one did,
 * whichever member gives it and whoever has become primary meanwhile. Without it a head may be read from
 * one member and the page behind it from a snapshot that is older.
 *
 * A session of its own for each question (they run side by side), which is told the latest time that any
 * answer was of (`afterClusterTime`). That time is of a majority's snapshot, or of a write that a majority
 * has: it cannot be rolled back, and every later primary reaches it. What failed has no say: the time of a
 * write that no majority has may be one that no later primary ever reaches.
 */
export class CausalOrder {
  private latest: Timestamp | null = null;

  constructor(private readonly client: MongoClient) {}

  async run<T>(ask: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = this.client.startSession({ causalConsistency: true });
    if (this.latest !== null) session.advanceOperationTime(this.latest);
    try {
      const answer = await ask(session);
      this.take(session.operationTime);
      return answer;
    } finally {
      await session.endSession();
    }
  }

  private take(time: Timestamp | undefined): void {
    if (time !== undefined && (this.latest?.lessThan(time) ?? true)) this.latest = time;
  }
}

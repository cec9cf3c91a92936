import { emptyFrontier, rootOf, type SealStatement, type SigningKey } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { clusterKey, ledgerKey } from '@oakring/model';
import type { Projection } from '../views/projection.js';

/** What happened is under a seal after this long… */
export const sealEveryMs = 60_000;
/** …or after this many commits. */
const sealEveryCommits = 10_000;
/** A stop waits this long for its seal: a log that is away must not hold it. */
const lastSealWithinMs = 2_000;

/**
 * Signs where the ledger stands, now and then. A seal is a commit like any other, and is not worth
 * one of its own: nothing is sealed while only seals were added.
 */
export class SealingLoop {
  private timer: Timer | null = null;
  private unsubscribe: () => void = () => {};
  private sealing: Promise<void> | null = null;

  constructor(
    private readonly key: SigningKey,
    private readonly queue: CommandQueue,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((_, { position }) => {
      if (position - this.sealedPosition >= sealEveryCommits) this.seal();
    });
    this.timer = this.ports.timers.every(sealEveryMs, () => this.seal());
  }

  /** Seals once more. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.timer?.cancel();
    this.seal();
    const patience = new AbortController();
    const waited = this.ports.timers.sleep(lastSealWithinMs, patience.signal);
    await Promise.race([this.sealing, waited]);
    patience.abort();
  }

  private get sealedPosition(): number {
    return this.projection.state.seals.get(ledgerKey)?.position ?? 0;
  }

  private seal(): void {
    const { state } = this.projection;
    const { position, hash, epoch } = state.head;
    const newest = state.seals.get(ledgerKey);
    const hasNews = position > (newest?.sealedAt ?? 0);
    if (this.sealing !== null || !hasNews) return;
    const statement: SealStatement = {
      clusterId: state.cluster.get(clusterKey)?.clusterId ?? '',
      position,
      hash,
      merkleRoot: rootOf(state.merkle.get(ledgerKey) ?? emptyFrontier),
      epoch,
    };
    const { fingerprint } = this.key;
    const signature = this.key.sign(statement);
    this.sealing = this.queue
      .submit({ type: 'SealLedger', statement, fingerprint, signature })
      .then(
        () => {},
        (error: unknown) => this.warn(`The ledger could not be sealed: ${String(error)}`),
      )
      .finally(() => {
        this.sealing = null;
      });
  }
}

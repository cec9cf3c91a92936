import { signCheckpoint, type Checkpoint, type SigningKey } from '@oakring/events';
import type { CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { ledgerKey, standing } from '@oakring/model';
import { byItself } from '../commands/origin.js';

/** What happened is under a seal after this long… */
const sealEveryMs = 60_000;
/** …or after this many commits. */
const sealEveryCommits = 10_000;

/** What a checkpoint states, whoever signs it. */
type Statement = Omit<Checkpoint, 'fingerprint'>;

/**
 * Signs where the ledger stands, now and then, and once more when we stop. A checkpoint is a commit like
 * any other, and is not worth one of its own: nothing is sealed while only checkpoints were added.
 */
export function seals(key: SigningKey, queue: CommandQueue): Process<Statement> {
  return {
    name: 'seals',
    most: 1,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: sealEveryMs, mostMs: sealEveryMs },
    looksAtEnd: true,
    all: () => [ledgerKey],
    // Whatever is committed moves the head.
    concerned: () => [ledgerKey],
    fact(_key, state) {
      const { sealedAt = 0 } = state.seals.get(ledgerKey) ?? {};
      return state.head.position > sealedAt ? `news after ${sealedAt}` : null;
    },
    look(_key, state, { nowMs, sinceMs, isEnding }) {
      const sealed = state.seals.get(ledgerKey)?.position ?? 0;
      const isMuch = state.head.position - sealed >= sealEveryCommits;
      const atMs = sinceMs + sealEveryMs;
      if (isEnding || isMuch || nowMs >= atMs) return { step: standing(state), againMs: null };
      return { step: null, againMs: atMs };
    },
    async act(steps) {
      for (const { step } of steps) {
        await queue.submit(
          { type: 'SealLedger', note: signCheckpoint(step, key) },
          byItself('seals'),
        );
      }
      return 'done';
    },
  };
}

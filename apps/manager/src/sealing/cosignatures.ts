import type { StatedCosignature } from '@oakring/events';
import { cosignedUpTo, ledgerKey } from '@oakring/model';
import type { Clock } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import type { Process } from '../supervision/process.js';
import { leaveAloneMs, Patience } from './patience.js';

/** What nobody has witnessed yet, as one witness is asked to. */
export interface Unwitnessed {
  readonly position: number;
  /** The checkpoint, signed. */
  readonly note: string;
  /** Size of the newest tree that the ledger says this witness saw; 0: it says none. */
  readonly seen: number;
}

/** Somebody elsewhere who cosigns what continues what he saw, and nothing else. */
export interface Witness {
  /** Its verifier key. */
  readonly verifierKey: string;
  /**
   * Its word, checked. Throws an OakringError: `witness-unavailable` when there is none in time,
   * `witness-refused` when it saw another history than ours.
   */
  cosign(checkpoint: Unwitnessed, ending: AbortSignal): Promise<StatedCosignature>;
}

/** So many are asked at a time: one that is away holds up nobody else. */
const mostAtOnce = 16;

/**
 * Has each witness cosign the newest checkpoint once it is durable, so that who is asked holds nothing up:
 * neither sealing nor anything else. What it says comes into the ledger as anything else does. Not when we
 * stop: the next start makes up for it.
 */
export function cosignatures(
  witnesses: readonly Witness[],
  queue: CommandQueue,
  clock: Clock,
): Process<Unwitnessed> {
  const patience = new Patience(clock);
  const byKey = new Map(witnesses.map((witness) => [witness.verifierKey, witness]));
  return {
    name: 'cosignatures',
    most: 1,
    mostAtOnce,
    restMs: 0,
    backoff: { firstMs: leaveAloneMs, mostMs: 60 * leaveAloneMs },
    all: () => byKey.keys(),
    concerned: () => byKey.keys(),
    fact(key, state) {
      const newest = state.seals.get(ledgerKey)?.trees.at(-1);
      const seen = cosignedUpTo(state, key);
      // One that seals nothing but words about checkpoints is not worth another: an idle ledger comes to rest.
      if (newest === undefined || newest.note === null || newest.newsAt <= seen) return null;
      // The same while newer ones come: a witness that is away is not another matter each time.
      return `unwitnessed after ${seen}`;
    },
    look(key, state) {
      const { note = null, position = 0 } = state.seals.get(ledgerKey)?.trees.at(-1) ?? {};
      if (note === null) return { step: null, againMs: null };
      return { step: { position, note, seen: cosignedUpTo(state, key) }, againMs: null };
    },
    async act(steps, ending) {
      for (const { key, step } of steps) {
        const witness = byKey.get(key);
        if (witness === undefined) continue;
        const stated = await patience.ask(key, () => witness.cosign(step, ending));
        const { position } = step;
        const command = { type: 'CosignCheckpoint', position, ...stated } as const;
        await queue.submit<'CosignCheckpoint'>(command, byItself('cosignatures'));
      }
      return 'done';
    },
  };
}

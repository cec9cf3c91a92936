import { decodeEvents, readCheckpoint, type Checkpoint } from '@oakring/events';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { readKept, wordsOf } from '../../known/judge.js';
import { KnownCheckpoints } from '../../known/known-checkpoints.js';
import type { Known, KnownVerdict } from '../../known/ledger-watch.js';
import type { Context, Surroundings } from '../context.js';
import { knownOf, refuse, type KnownOptions } from './held.js';
import type { ShownBundle } from './history-source.js';

/** What a bundle was held to. */
export interface HeldBundle {
  /** Lines about what it continues. */
  readonly continued: readonly string[];
  /** What was seen of its cluster and it does not show. */
  readonly warnings: readonly string[];
}

/**
 * Holds a bundle that was found whole to what was kept outside of it, as far as it shows. Throws when it is of
 * another history, or does not show what `--known` asks for. A checkpoint that was seen before may be of what it
 * does not show: that is said, and no fault of it. Its own is kept where it is the first of its cluster, or
 * goes on from there: `sealedTo`, sealed by a key that counts, up to here.
 */
export async function holdBundle(
  context: Context,
  { env }: Surroundings,
  options: KnownOptions,
  { bundle, sealedTo }: { readonly bundle: ShownBundle; readonly sealedTo: number },
): Promise<HeldBundle> {
  const shown = new Shown(bundle);
  const given = await knownOf(options, context);
  const continued = given === null ? [] : [demanded(context, given, shown)];
  const known = KnownCheckpoints.of(env);
  const { clusterId } = shown;
  const { note } = bundle;
  if (known === null || clusterId === null) return { continued, warnings: [] };
  const seen = readKept(known.read(clusterId), clusterId);
  const verdict = seen === null ? null : shown.verdictOn({ checkpoint: seen, source });
  if (verdict?.judgement.status === 'forked') refuse(context, verdict);
  const isHeld = seen === null || verdict !== null;
  if (isHeld && note !== null && sealedTo > (seen?.position ?? 0))
    await known.keep(clusterId, note);
  return {
    continued: [...continued, ...(verdict === null ? [] : [verdict.words])],
    warnings: seen === null || verdict !== null ? [] : [notHeldTo(seen)],
  };
}

const source = 'a checkpoint seen before';

function notHeldTo({ position }: Checkpoint): string {
  return (
    `NOT held to ${source} of ${position} commits: the bundle does not show that position, so it may be of ` +
    'another history than what was seen. Export a range with that position in it'
  );
}

function demanded(context: Context, given: Known, shown: Shown): string {
  const verdict = shown.verdictOn(given);
  if (verdict === null) {
    const detail =
      `NOT PROVED: the checkpoint speaks of position ${given.checkpoint.position}, and the bundle shows ` +
      `${shown.first}–${shown.last}. Export a range with that position in it.`;
    throw new CommandFailure(detail, exitCodes.refused);
  }
  if (verdict.judgement.status === 'forked') refuse(context, verdict);
  return verdict.words;
}

/** What a bundle that is whole says about single positions. */
class Shown {
  private readonly sealed: Checkpoint | null;

  constructor(private readonly bundle: ShownBundle) {
    const { note } = bundle;
    const read = note === null ? null : readCheckpoint(note);
    this.sealed = read?.status === 'checkpoint' ? read.checkpoint : null;
  }

  get first(): number | undefined {
    return this.bundle.range[0]?.position;
  }

  get last(): number | undefined {
    return this.bundle.range.at(-1)?.position;
  }

  /** As its first commit says, or whoever sealed it; null: it shows neither. */
  get clusterId(): string | null {
    const [first] = this.bundle.commits;
    if (first?.position !== 1) return this.sealed?.clusterId ?? null;
    const founded = decodeEvents(first).find(({ type }) => type === 'ClusterFounded');
    return founded?.type === 'ClusterFounded' ? founded.data.clusterId : null;
  }

  /** Null: it does not show that position. */
  verdictOn({ checkpoint, source: name }: Known): KnownVerdict | null {
    const { position: size, merkleRoot } = checkpoint;
    const isSame = this.agrees(checkpoint);
    if (isSame === null) return null;
    const judgement = isSame
      ? ({ status: 'continues', size, merkleRoot } as const)
      : ({ status: 'forked' } as const);
    return { judgement, words: wordsOf(judgement, checkpoint, name) };
  }

  /** The hash of a commit stands for all before it, and so does the root of its tree. */
  private agrees({ position, hash, merkleRoot }: Checkpoint): boolean | null {
    for (const commit of this.bundle.commits) {
      if (commit.position === position) return commit.hash === hash;
      if (commit.position === position + 1) return commit.prev === hash;
    }
    if (this.sealed?.position === position) return this.sealed.merkleRoot === merkleRoot;
    return null;
  }
}

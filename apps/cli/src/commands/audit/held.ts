import {
  readCheckpoint,
  readVerifierKey,
  verifyCosignature,
  type Checkpoint,
  type Commit,
  type SignedNote,
  type VerifierKey,
} from '@oakring/events';
import { InvalidArgumentError } from 'commander';
import { readFile } from 'node:fs/promises';
import { textAt } from '../../client/http.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { KnownCheckpoints } from '../../known/known-checkpoints.js';
import { LedgerWatch, type Known, type KnownVerdict } from '../../known/ledger-watch.js';
import { managerProblem } from '../../known/manager-watch.js';
import type { Context, Surroundings } from '../context.js';

export interface KnownOptions {
  /** A file, a note's text, or where one is answered. */
  readonly known?: string | undefined;
  readonly olderCopy?: boolean;
  /** Keys of witnesses, and how many of them must have cosigned what `known` names, or what is shown. */
  readonly witness?: readonly VerifierKey[];
  readonly quorum?: number;
}

/** A ledger that is looked through, held to what was kept outside of it. */
export interface Held {
  take(commit: Commit): void;
  /**
   * Lines about what it continues. Throws when it does not: before anybody is told that it is whole.
   * `sealedTo`: sealed by a key that counts, up to here.
   */
  demand(sealedTo: number): Promise<readonly string[]>;
}

export async function heldTo(
  context: Pick<Context, 'terminal' | 'json' | 'client' | 'ports'>,
  { env }: Surroundings,
  { known, olderCopy = false, ...witnesses }: KnownOptions,
): Promise<Held> {
  const given = await knownOf({ known, ...witnesses }, context);
  const watch = new LedgerWatch(given, KnownCheckpoints.of(env));
  return {
    take: (commit) => watch.take(commit),
    async demand(sealedTo) {
      const verdicts = watch.verdicts();
      const broken = verdicts.find((verdict) => !isAccepted(verdict, olderCopy));
      if (broken !== undefined) refuse(context, broken);
      await watch.remember(sealedTo);
      return verdicts.map(({ words }) => words);
    },
  };
}

/** Ends an audit with the running manager when its ledger does not continue what was seen of it. */
export async function demandManager({ client }: Context, { env }: Surroundings): Promise<void> {
  const problem = await managerProblem(client, env);
  if (problem !== null) throw new CommandFailure(problem, exitCodes.refused);
}

/** The checkpoint that `--known` names, cosigned as is demanded, and how it is called; null: none is named. */
export async function knownOf(
  { known, witness = [], quorum = witness.length }: KnownOptions,
  context: Pick<Context, 'client' | 'ports'>,
): Promise<Known | null> {
  if (witness.length > 0 && quorum === 0) {
    const detail = '--quorum is 0: that many demand nothing.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (quorum > witness.length) {
    const detail = `--quorum is ${quorum}, and ${witness.length} of --witness are given: name more of them, or demand fewer.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (known === undefined) return null;
  const { note, checkpoint } = await noteOf(known, context);
  const checks = witness.map((key) => ({
    name: key.name,
    isCosigned: verifyCosignature(note, key).status === 'cosigned',
  }));
  const [cosigned, missing] = [true, false].map((is) =>
    checks.filter(({ isCosigned }) => isCosigned === is).map(({ name }) => name),
  );
  if ((cosigned?.length ?? 0) < quorum) {
    const detail =
      `NOT WITNESSED: the checkpoint of ${checkpoint.position} commits has ${cosigned?.length ?? 0} of ` +
      `${quorum} cosignatures; missing: ${missing?.join(', ')}.`;
    throw new CommandFailure(detail, exitCodes.refused);
  }
  const by = cosigned?.length === 0 ? '' : ` (cosigned by ${cosigned?.join(', ')})`;
  return { checkpoint, source: `the checkpoint${by}` };
}

/** Gathers the option `--witness`. */
export function witnessKey(
  text: string,
  before: readonly VerifierKey[] = [],
): readonly VerifierKey[] {
  const key = readVerifierKey(text, 'cosignature');
  if (key === null) {
    throw new InvalidArgumentError('It is no key of a witness, as one prints it at its start.');
  }
  if (before.some(({ publicKey }) => publicKey === key.publicKey)) {
    throw new InvalidArgumentError('It is named twice, and counts once.');
  }
  return [...before, key];
}

async function noteOf(
  known: string,
  context: Pick<Context, 'client' | 'ports'>,
): Promise<{ readonly checkpoint: Checkpoint; readonly note: SignedNote }> {
  const read = readCheckpoint(await noteFrom(known, context));
  if (read.status === 'checkpoint') return read;
  const name = known.includes('\n') ? 'What --known gives' : known;
  throw new CommandFailure(`${name} is no checkpoint: ${read.reason}.`, exitCodes.usage);
}

/** That an older copy ends earlier is no fault of it; all else is. */
function isAccepted({ judgement: { status } }: KnownVerdict, olderCopy: boolean): boolean {
  return status === 'continues' || (status === 'rolled-back' && olderCopy);
}

/** Says what is wrong to a person or a program, and ends the command. */
export function refuse(
  { terminal, json }: Pick<Context, 'terminal' | 'json'>,
  { judgement, words }: KnownVerdict,
): never {
  if (json) terminal.out(JSON.stringify({ ...judgement, detail: words }));
  throw new CommandFailure(words, exitCodes.refused);
}

async function noteFrom(
  known: string,
  { client, ports }: Pick<Context, 'client' | 'ports'>,
): Promise<string> {
  if (known.includes('\n')) return known.endsWith('\n') ? known : `${known}\n`;
  if (/^https?:\/\//.test(known)) return textAt(known, client, ports);
  return readFile(known, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`${known} cannot be read: ${error.message}`, exitCodes.unreachable);
  });
}

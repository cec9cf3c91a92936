import type { Command } from 'commander';
import type { Replayed } from '@oakring/manager';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { soundCommitsOf, storeOf } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

interface ReplayOptions {
  readonly store?: string;
  readonly decision?: string;
}

export function addReplayCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('replay')
    .description('plan every recorded decision once more and compare what comes out')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .option('--decision <id>', 'tell of this one alone')
    .action(async (options: ReplayOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      await replay(context, storeOf(surroundings.env, options.store), options.decision ?? null);
    });
}

async function replay(context: Context, store: string, only: string | null): Promise<void> {
  const { terminal, json } = context;
  const counts = { same: 0, differs: 0, incomplete: 0 };
  for await (const replayed of replays(context, store)) {
    if (only !== null && replayed.decision !== only) continue;
    counts[replayed.outcome] += 1;
    const isNews = only !== null || replayed.outcome === 'differs';
    if (isNews) terminal.out(json ? JSON.stringify(replayed) : lineOf(replayed, context));
  }
  if (only !== null && counts.same + counts.differs + counts.incomplete === 0) {
    const detail = `The ledger has no decision ${only} that a scheduler was asked for.`;
    throw new CommandFailure(detail, exitCodes.refused);
  }
  if (only === null) terminal.out(json ? JSON.stringify(counts) : summaryOf(counts));
  if (counts.differs === 0) return;
  throw new CommandFailure(
    `${counted(counts.differs, 'decision')} came out otherwise.`,
    exitCodes.refused,
  );
}

async function* replays(
  { terminal, ports }: Context,
  store: string,
): AsyncGenerator<Replayed, void, undefined> {
  // Loaded here: no other command of an auditor needs the manager.
  const { DecisionReplay } = await import('@oakring/manager');
  const decisions = new DecisionReplay();
  for await (const commit of soundCommitsOf(store, ports)) {
    yield* decisions.next(commit);
    tellProgress(terminal, commit.position);
  }
  yield* decisions.end();
  clearProgress(terminal);
}

function lineOf({ decision, job, outcome, detail }: Replayed, { terminal }: Context): string {
  const { green, red, yellow } = terminal.colors;
  const colors = { same: green, differs: red, incomplete: yellow };
  const why = detail === '' ? '' : ` ${detail}`;
  return `${decision}  job ${job}  ${colors[outcome](outcome)}${why}`;
}

function summaryOf({ same, differs, incomplete }: Readonly<Record<Replayed['outcome'], number>>) {
  const rest =
    incomplete === 0 ? '' : `; ${incomplete} cannot be replayed: not all they read is on record`;
  return `${counted(same, 'decision')} came out the same, ${differs} otherwise${rest}`;
}

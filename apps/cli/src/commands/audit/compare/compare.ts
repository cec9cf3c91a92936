import type { Commit } from '@oakring/events';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { counted } from '../../../render/measures.js';
import { contextOf, type Surroundings } from '../../context.js';
import { compareRoots } from './roots.js';
import { rootsOf, shownAt, sideOf, type At, type Side } from './sides.js';
import { compareStrands, type Comparison } from './strands.js';

/** What came out, in a form for programs. */
type Outcome =
  | Exclude<Comparison, { status: 'fork' }>
  | {
      readonly status: 'fork';
      readonly position: number;
      readonly isExact: boolean;
      readonly a: At | null;
      readonly b: At | null;
    };

export function addCompareCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('compare')
    .description('say whether two ledgers are one history, which goes on, or where they fork')
    .argument('<A>', 'a folder, mongodb://…, file of "audit export", or address of a manager')
    .argument('<B>', 'the same')
    .addHelpText(
      'after',
      `
Exit codes:
  0  the same history, or one continues the other
  1  they fork, or one is damaged
  2  wrong usage, such as two bundles that show no position in common
  3  one cannot be read or reached`,
    )
    .action(async (a: string, b: string, _: object, command: Command) => {
      const context = contextOf(surroundings, command);
      const sides = await Promise.all(
        [a, b].map((name) =>
          sideOf(name, contextOf(surroundings, command, name).client, context, surroundings.env),
        ),
      );
      const [sideA, sideB] = sides;
      if (sideA === undefined || sideB === undefined) return;
      const outcome = await compare(sideA, sideB);
      if (context.json) context.terminal.out(JSON.stringify(outcome, null, 2));
      else for (const line of linesOf(outcome, a, b)) context.terminal.out(line);
      demandOneHistory(outcome);
    });
}

async function compare(a: Side, b: Side): Promise<Outcome> {
  if (a.kind === 'commits' && b.kind === 'commits') {
    const comparison = await compareStrands(a.commits(), b.commits());
    if (comparison.status !== 'fork') return comparison;
    const [shownA, shownB] = [comparison.a, comparison.b].map(atOf);
    return { ...comparison, a: shownA ?? null, b: shownB ?? null };
  }
  const comparison = await compareRoots(await rootsOfSide(a), await rootsOfSide(b));
  if (comparison.status !== 'fork') return comparison;
  const { position } = comparison;
  return {
    ...{ ...comparison, isExact: true },
    ...{ a: await at(a, position), b: await at(b, position) },
  };
}

async function rootsOfSide(side: Side) {
  if (side.kind === 'roots') return side.roots;
  if (side.isFromStart) return rootsOf(side.commits());
  const detail =
    'A bundle that does not begin with position 1 is compared with ledgers and bundles.';
  throw new CommandFailure(detail, exitCodes.usage);
}

async function at(side: Side, position: number): Promise<At | null> {
  if (side.kind === 'roots') return side.at(position);
  for await (const commit of side.commits()) {
    if (commit.position === position) return shownAt(commit);
  }
  return null;
}

function atOf(commit: Commit | null): At | null {
  return commit === null ? null : shownAt(commit);
}

function linesOf(outcome: Outcome, a: string, b: string): readonly string[] {
  const named = { A: `A (${a})`, B: `B (${b})` };
  switch (outcome.status) {
    case 'same':
      return [`the same history: positions ${outcome.from}–${outcome.to} on both sides`];
    case 'continues': {
      const { longer, to, more } = outcome;
      const shorter = longer === 'A' ? 'B' : 'A';
      const same = to === 0 ? 'which is empty' : `the same up to position ${to}`;
      const after = counted(more, 'commit');
      return [`${named[longer]} continues ${named[shorter]}: ${same}, then ${after} more`];
    }
    case 'fork':
      return [forkLine(outcome), lineOf(named.A, outcome.a), lineOf(named.B, outcome.b)];
    case 'apart':
      return [
        `NO COMPARISON: A shows positions ${outcome.a.from}–${outcome.a.to}, ` +
          `B ${outcome.b.from}–${outcome.b.to}`,
      ];
  }
}

function forkLine({ isExact, position }: Extract<Outcome, { status: 'fork' }>): string {
  if (!isExact) {
    return `FORK at or before position ${position}: what both show lies on different commits`;
  }
  return position === 1
    ? 'FORK at position 1: they have nothing in common; ledgers of two clusters are like that'
    : `FORK at position ${position}: the same before it, and from there two histories`;
}

function lineOf(name: string, shown: At | null): string {
  if (shown === null) return `  ${name}: not shown`;
  const { hash, at: time, epoch, first } = shown;
  const commit = hash === null ? 'commit (its hash is not asked of a manager)' : `commit ${hash}`;
  const when = epoch === null ? time : `${time}, epoch ${epoch}`;
  return `  ${name}: ${commit}, ${when}: ${first}`;
}

function demandOneHistory(outcome: Outcome): void {
  switch (outcome.status) {
    case 'same':
    case 'continues':
      return;
    case 'fork': {
      const where = outcome.isExact ? 'at' : 'at or before';
      const detail = `They are two histories: they fork ${where} position ${outcome.position}.`;
      throw new CommandFailure(detail, exitCodes.refused);
    }
    case 'apart': {
      const detail = 'They show no position in common: export ranges that overlap or follow.';
      throw new CommandFailure(detail, exitCodes.usage);
    }
  }
}

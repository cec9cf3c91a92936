import { ledgerVerifier, type Commit, type LedgerReport } from '@oakring/events';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { damageLine, type Walked } from './store.js';
import { tellProgress } from './verify.js';
import type { Context } from '../context.js';

/** What is found of commits by every rule there is. Throws a CommandFailure at the first that is broken. */
export async function verified(
  walk: AsyncIterable<Walked>,
  { terminal }: Pick<Context, 'terminal'>,
  take: (commit: Commit) => void = () => {},
  trust: string | null = null,
): Promise<LedgerReport> {
  const verifier = ledgerVerifier({ trust });
  for await (const walked of walk) {
    const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
    if (damage !== null) throw new CommandFailure(damageLine(damage), exitCodes.refused);
    if (walked.status !== 'commit') continue;
    take(walked.commit);
    tellProgress(terminal, walked.commit.position);
  }
  return verifier.report();
}

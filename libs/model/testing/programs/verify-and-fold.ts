// What a page in a browser does with a ledger: verifies commits and seals, and folds them into views.
import { decodeStoredCommit, ledgerVerifier, type Damage } from '@oakring/events';
import { ClusterState, foldCommits, stateAsText } from '@oakring/model';

export interface Seen {
  readonly verdict: string;
  readonly views: string;
}

/**
 * `lines` are stored commits, in order from the first; the seals are judged from `trust` on. The views
 * are folded for as long as the chain holds.
 */
export function verifyAndFold(lines: readonly string[], trust: string): Seen {
  const verifier = ledgerVerifier({ trust });
  const state = new ClusterState(false);
  let found: string | null = null;
  for (const [index, line] of lines.entries()) {
    const decoded = decodeStoredCommit(line, index + 1);
    if (decoded.status === 'damaged') return { verdict: decoded.damage.kind, views: '' };
    const damage: Damage | null = found === null ? verifier.next(decoded.commit) : null;
    if (damage !== null) found = `${damage.kind} at ${damage.position}`;
    if (damage?.kind === 'hash') break;
    foldCommits(state, [decoded.commit], 'the page');
  }
  return { verdict: found ?? `sealed to ${verifier.report().sealedTo}`, views: stateAsText(state) };
}

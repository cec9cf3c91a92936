import { sealsStream } from '../catalogue/streams.js';
import {
  decodeEvents,
  headOf,
  type Commit,
  type CommitFormat,
  type LogHead,
} from '../log/commit.js';
import { decodeStoredCommit, positionIn } from '../log/stored-commit.js';
import { isJsonObject } from '../text/canonical-json.js';
import { verifyBundle } from './bundle-verifier.js';
import { KeyRing, type TreeCheck } from './key-ring.js';
import { frontierBefore, withLeaf, type MerkleFrontier } from './merkle-tree.js';

/** What of a ledger is known before it is read: all up to a checkpoint that was trusted before. */
export interface LedgerStart {
  readonly clusterId: string;
  /** The commit that the checkpoint seals. */
  readonly head: LogHead;
  readonly format: CommitFormat;
  readonly tree: MerkleFrontier;
  /** Every commit up to there that says something of keys or schemas, and the first one. */
  readonly exhibits: readonly Commit[];
  /** Positions of all events of stream `seals` among them. */
  readonly keyEvents: readonly number[];
  /** The keys as they stand there. */
  keys(checkTree: TreeCheck): KeyRing;
}

export type StartCheck =
  | { readonly status: 'start'; readonly start: LedgerStart }
  | { readonly status: 'refused'; readonly detail: string };

/**
 * Reads a file of `oakring audit checkpoint`: a bundle of the one commit that a checkpoint seals, which is held to
 * all rules of one. `trust`: as in `ledgerVerifier`.
 */
export function readLedgerStart(
  text: string,
  { trust }: { readonly trust: string | null },
): StartCheck {
  const check = verifyBundle(text, { trust });
  if (check.status === 'not-a-bundle') return refused(check.detail);
  if (check.status === 'damaged') {
    const { detail, rule } = check.damage;
    return refused(`it was changed: ${detail} (rule ${rule})`);
  }
  const { from, to, sealedTo, head } = check;
  if (from !== to)
    return refused(`it is a bundle of positions ${from}–${to}, and of no checkpoint`);
  if (sealedTo !== to) return refused('no key that counts signed its checkpoint');
  const lines = text.trimEnd().split('\n');
  const exhibits = lines.flatMap(exhibitIn);
  const events = exhibits.flatMap(decodeEvents);
  const keys = (checkTree: TreeCheck): KeyRing => {
    const ring = new KeyRing(trust, checkTree);
    for (const event of events) ring.take(event);
    return ring;
  };
  const keyEvents = events.flatMap(({ stream, position }) =>
    (stream as string) === sealsStream ? [position] : [],
  );
  const last = commitIn(lines.at(-1) ?? '');
  const tree = withLeaf(frontierBefore(from, proofIn(lines)), head.hash);
  const { clusterId } = keys(() => null);
  if (last === null) return refused('its last line is no commit');
  const { format } = last;
  const start = { clusterId, head: headOf(last), format, tree, exhibits, keyEvents };
  return { status: 'start', start: { ...start, keys } };
}

function refused(detail: string): StartCheck {
  return { status: 'refused', detail };
}

function exhibitIn(line: string): readonly Commit[] {
  const shown: unknown = line.startsWith('{"exhibit":') ? JSON.parse(line) : null;
  const text = isJsonObject(shown) ? shown['exhibit'] : null;
  const commit = typeof text === 'string' ? commitIn(text) : null;
  return commit === null ? [] : [commit];
}

function commitIn(text: string): Commit | null {
  const decoded = decodeStoredCommit(text, positionIn(text));
  return decoded.status === 'commit' ? decoded.commit : null;
}

function proofIn(lines: readonly string[]): readonly string[] {
  const line = lines.find((each) => each.startsWith('{"rangeProof":'));
  const shown: unknown = line === undefined ? null : JSON.parse(line);
  // It was verified: a list of hashes.
  return isJsonObject(shown) ? (shown['rangeProof'] as readonly string[]) : [];
}

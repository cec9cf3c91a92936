import { headOf, type Commit, type CommitFormat, type EventHead, type LogHead } from './commit.js';
import { eventRecords, hashProblem } from './commit-problem.js';
import { textOfItsOwn } from '../text/own-text.js';
import { damageAt, type Damage, type Problem } from './damage.js';

export type ChainCheck =
  | { readonly status: 'intact'; readonly head: LogHead }
  | { readonly status: 'damaged'; readonly damage: Damage };

/**
 * Whether `commits` continue a log that ended at `head`: dense positions, an unbroken chain of
 * hashes, epochs and times that never fall, and stream versions without a gap. A version is checked
 * from the second time that a stream is seen, from the first when the log begins here. Pure: the
 * caller throws `logDamaged`, or goes on from the head that comes back.
 */
export function verifyChain(commits: readonly Commit[], head: LogHead): ChainCheck {
  const verifier = chainVerifier(head);
  for (const commit of commits) {
    const damage = verifier.next(commit);
    if (damage !== null) return { status: 'damaged', damage };
  }
  return { status: 'intact', head: verifier.head };
}

/** `verifyChain` of more commits than fit into memory, one after the other. */
export interface ChainVerifier {
  /** Where the log stands after the commits so far. */
  readonly head: LogHead;
  /** What is wrong with the next commit; null when it continues the log. */
  next(commit: Commit): Damage | null;
}

/** What a start looks at: the contents of events were checked when they were written (commit-problem.ts). */
export function chainVerifier(head: LogHead): ChainVerifier {
  const links = linkVerifier(head);
  return {
    get head() {
      return links.head;
    },
    next(commit) {
      const records = eventRecords(commit);
      const problem =
        links.problemOf(commit) ??
        hashProblem(commit) ??
        ('rule' in records
          ? records
          : (streamsProblem(commit, records) ?? links.take(commit, records)));
      return problem === null ? null : damageAt(commit.position, problem.rule, problem.detail);
    },
  };
}

/** Only what comes of the order of commits; each by itself is `soundEvents`'s. */
interface LinkVerifier {
  readonly head: LogHead;
  /** What is wrong with its place; nothing is remembered. */
  problemOf(commit: Commit): Problem | null;
  /** Goes on to the commit, unless a version of its events does not follow. */
  take(commit: Commit, records: readonly EventHead[]): Problem | null;
}

export function linkVerifier(head: LogHead, formatBefore: CommitFormat = 1): LinkVerifier {
  const versions = new Map<string, number>();
  const fromStart = head.position === 0;
  let last = head;
  let format = formatBefore;
  return {
    get head() {
      return last;
    },
    problemOf: (commit) => linkProblem(commit, last) ?? formatProblem(commit, format),
    take(commit, records) {
      const problem = versionsProblem(records, versions, fromStart);
      if (problem !== null) return problem;
      last = headOf(commit);
      format = commit.format;
      return null;
    },
  };
}

function linkProblem(commit: Commit, last: LogHead): Problem | null {
  if (commit.position !== last.position + 1) {
    return { rule: 'C5', detail: `position ${last.position + 1} was expected` };
  }
  if (commit.prev !== last.hash) {
    return { rule: 'C6', detail: `prev is ${commit.prev}, the hash before is ${last.hash}` };
  }
  if (commit.epoch < last.epoch) {
    return { rule: 'C7', detail: `epoch ${commit.epoch} follows epoch ${last.epoch}` };
  }
  if (commit.at < last.at) {
    return { rule: 'C8', detail: `it is ${last.at - commit.at} ms before the commit before` };
  }
  return null;
}

/** A log goes over to the newer format once: an older one behind it says less than could be said. */
function formatProblem({ format }: Commit, before: CommitFormat): Problem | null {
  return format >= before
    ? null
    : { rule: 'C9', detail: `format ${format} follows format ${before}` };
}

function versionsProblem(
  records: readonly EventHead[],
  versions: Map<string, number>,
  fromStart: boolean,
): Problem | null {
  for (const { stream, version } of records) {
    const known = versions.get(stream);
    const before = known ?? (fromStart ? 0 : version - 1);
    if (version !== before + 1) {
      return { rule: 'E5', detail: `version ${version} of ${stream} follows ${before}` };
    }
    versions.set(known === undefined ? textOfItsOwn(stream) : stream, version);
  }
  return null;
}

/** In whatever order: `soundEvents` is stricter, and old logs that are read for what they say are not. */
function streamsProblem({ streams }: Commit, records: readonly EventHead[]): Problem | null {
  const [first] = records;
  if (records.length === 1 && streams.length === 1 && streams[0] === first?.stream) return null;
  const seen = new Set(records.map(({ stream }) => stream));
  if (seen.size === streams.length && streams.every((name) => seen.has(name))) return null;
  return { rule: 'E6', detail: 'streams does not name the streams of the events' };
}

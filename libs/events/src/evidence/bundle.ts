import { eventSchemas, schemaVersion } from '../catalogue/catalogue.js';
import { canonicalJson, isJsonObject, type JsonObject } from '../text/canonical-json.js';
import { decodeEvents, type Commit, type LogHead, type StoredEvent } from '../log/commit.js';
import { damageAt, type Damage } from '../log/damage.js';
import type { RuleId } from '../log/rules.js';
import { decodeStoredCommit, encodeStoredCommit, positionIn } from '../log/stored-commit.js';
import { chainVerifier } from '../log/verify-chain.js';
import { readCheckpoint } from './checkpoint.js';
import { KeyRing, type KnownKey, type SealVerdict } from './key-ring.js';
import { rangeProof, rootFromRange } from './merkle-tree.js';
import type { SealStatement } from './seal.js';

const format = 'oakring-bundle-1';

/** A commit beside the range, and what proves that it belongs to the sealed tree; null: its signatures alone. */
interface Exhibit {
  readonly commit: Commit;
  readonly proof: readonly string[] | null;
}

export interface BundleParts {
  /** Commits of the range, in order. */
  readonly range: readonly Commit[];
  /** Hashes of all commits up to the sealed position, in order; empty without a seal. */
  readonly hashes: readonly string[];
  /** The commit with the seal that covers the range; null: there is none yet. */
  readonly seal: Commit | null;
  /** Commits with key events, in order. */
  readonly keys: readonly Commit[];
}

/**
 * The lines of a bundle (docs/ledger-format.md): everything that is needed to check a range of the
 * log on a machine without it. Canonical JSON, one object a line.
 */
export function* bundleLines({ range, hashes, seal, keys }: BundleParts): Generator<string> {
  const [first] = range;
  const last = range.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('a bundle of no commits');
  const size = hashes.length;
  const from = first.position;
  const to = last.position;
  yield canonicalJson({ format, from, schemaVersion, sealed: size, to });
  yield canonicalJson({ schemas: JSON.parse(JSON.stringify(eventSchemas)) as JsonObject });
  for (const commit of keys) {
    const { position } = commit;
    const proof =
      position <= size ? rangeProof(hashes, { from: position, to: position, size }) : null;
    yield canonicalJson({ exhibit: encodeStoredCommit(commit), proof });
  }
  if (seal !== null) {
    yield canonicalJson({ exhibit: encodeStoredCommit(seal), proof: null });
    yield canonicalJson({ rangeProof: rangeProof(hashes, { from, to, size }) });
  }
  for (const commit of range) yield encodeStoredCommit(commit);
}

export type BundleCheck =
  | {
      readonly status: 'whole';
      readonly from: number;
      readonly to: number;
      readonly head: LogHead;
      readonly keys: readonly KnownKey[];
      readonly warnings: readonly string[];
    }
  | { readonly status: 'damaged'; readonly damage: Damage }
  | { readonly status: 'not-a-bundle'; readonly detail: string };

/** Checks a bundle by itself. `trust`: fingerprint of the only key that counts from the start. */
export function verifyBundle(
  lines: readonly string[],
  { trust }: { readonly trust: string | null },
): BundleCheck {
  const header = parsed(lines[0]);
  if (header?.['format'] !== format) {
    return { status: 'not-a-bundle', detail: `its first line does not say ${format}` };
  }
  try {
    return new BundleVerifier(header, trust).verify(lines.slice(1));
  } catch (error) {
    if (error instanceof BundleProblem) return { status: 'damaged', damage: error.damage };
    throw error;
  }
}

class BundleProblem extends Error {
  constructor(readonly damage: Damage) {
    super(damage.detail);
  }
}

function fail(position: number | null, rule: RuleId, detail: string): never {
  throw new BundleProblem(damageAt(position, rule, detail));
}

class BundleVerifier {
  private readonly exhibits: Exhibit[] = [];
  private readonly range: Commit[] = [];
  private proof: readonly string[] | null = null;
  private readonly from: number;
  private readonly to: number;
  private readonly sealed: number;
  /** Version of the schemas inside. */
  private readonly release: number;
  private hasSchemas = false;

  constructor(
    header: JsonObject,
    private readonly trust: string | null,
  ) {
    this.from = Number(header['from']);
    this.to = Number(header['to']);
    this.sealed = Number(header['sealed']);
    this.release = Number(header['schemaVersion']);
  }

  verify(lines: readonly string[]): BundleCheck {
    for (const line of lines) this.take(line);
    if (!this.hasSchemas) fail(null, 'B1', 'the schemas are missing');
    const head = this.verifyRange();
    const { warnings, keys } = this.verifySeal();
    if (this.release !== schemaVersion) {
      warnings.push(`its schemas are of version ${this.release} and were not compared`);
    }
    return { status: 'whole', from: this.from, to: this.to, head, keys, warnings };
  }

  private take(line: string): void {
    if (line.includes('\t')) {
      this.range.push(commitOf(line, this.from + this.range.length));
      return;
    }
    const object = parsed(line);
    if (object === null) fail(this.from + this.range.length, 'B1', 'a line is not JSON');
    if ('schemas' in object) return this.takeSchemas(object['schemas']);
    if ('exhibit' in object) {
      if (!('proof' in object)) fail(null, 'B1', 'a line of evidence has no proof');
      const text = String(object['exhibit']);
      const commit = commitOf(text, positionIn(text));
      this.exhibits.push({ commit, proof: stringsOf(object['proof']) });
      return;
    }
    if ('rangeProof' in object) {
      this.proof = stringsOf(object['rangeProof']);
      return;
    }
    this.range.push(commitOf(line, this.from + this.range.length));
  }

  /** Schemas say how to read the events; of our own release they must be the ones we know. */
  private takeSchemas(schemas: unknown): void {
    this.hasSchemas = true;
    if (this.release !== schemaVersion) return;
    const known: unknown = JSON.parse(JSON.stringify(eventSchemas));
    if (canonicalJson(known) === canonicalJson(schemas)) return;
    fail(null, 'B3', `the schemas are not those of schema version ${schemaVersion}`);
  }

  private verifyRange(): LogHead {
    const { from, to } = this;
    const [first] = this.range;
    if (first === undefined || this.range.length !== to - from + 1) {
      fail(from + this.range.length, 'B7', `positions ${from}–${to} were promised`);
    }
    const before = { position: from - 1, hash: first.prev, epoch: 0, at: 0 };
    const chain = chainVerifier(before);
    for (const commit of this.range) {
      const damage = chain.next(commit);
      if (damage !== null) throw new BundleProblem(damage);
    }
    return chain.head;
  }

  private verifySeal(): { warnings: string[]; keys: readonly KnownKey[] } {
    if (this.sealed === 0) return { warnings: ['no seal covers the range yet'], keys: [] };
    const root = rootFromRange(
      this.range.map(({ hash }) => hash),
      { from: this.from, to: this.to, size: this.sealed },
      this.proof ?? [],
    );
    if (root === null) fail(this.from, 'B6', 'the proof does not fit the range');
    const { keys, seal } = this.evidence(root);
    if (seal === null) fail(null, 'B1', `the seal of position ${this.sealed} is missing`);
    const verdict = this.verdictOn(keys, seal, root);
    const warnings =
      verdict === 'counts'
        ? []
        : [
            'the key of the seal did not count there: no key that counts had endorsed it, or one had revoked it',
          ];
    return { warnings, keys: keys.list() };
  }

  /** What the exhibits say, in the order of the log: how the lines are ordered says nothing. */
  private evidence(root: string): { keys: KeyRing; seal: Sealing | null } {
    const keys = new KeyRing(this.trust, (tree) => this.treeProblem(tree, root));
    let seal: Sealing | null = null;
    const inOrder = this.exhibits.toSorted((a, b) => a.commit.position - b.commit.position);
    for (const { commit, proof } of inOrder) {
      this.verifyExhibit(commit, proof, root);
      for (const event of decodeEvents(commit)) {
        const problem = keys.take(event);
        if (problem !== null) fail(commit.position, problem.rule, problem.detail);
        const sealing = sealingOf(event);
        if (sealing?.statement.position === this.sealed) seal = sealing;
      }
    }
    return { keys, seal };
  }

  /** What lies in the sealed tree is proved to; what came later speaks by its signatures. */
  private verifyExhibit(commit: Commit, proof: readonly string[] | null, root: string): void {
    if (commit.position > this.sealed) return;
    const range = { from: commit.position, to: commit.position, size: this.sealed };
    if (proof !== null && rootFromRange([commit.hash], range, proof) === root) return;
    fail(commit.position, 'B5', 'it is shown as evidence and does not belong to the sealed log');
  }

  /** Of other trees than the sealed one a bundle of this format has no proof: they are taken as signed. */
  private treeProblem(tree: { position: number; merkleRoot: string }, root: string): string | null {
    if (tree.position !== this.sealed || tree.merkleRoot === root) return null;
    return `the tree of ${tree.position} commits that it names is not of this ledger`;
  }

  private verdictOn(
    keys: KeyRing,
    { statement, fingerprint, place, verdictBy }: Sealing,
    root: string,
  ): 'counts' | 'unendorsed' {
    const at = place.position;
    if (statement.merkleRoot !== root || statement.clusterId !== keys.clusterId) {
      fail(at, 'S2', 'the range does not belong to the log that was sealed');
    }
    const verdict = verdictBy(keys);
    if (verdict === 'invalid') fail(at, 'S3', `key ${fingerprint} did not sign the seal`);
    return verdict;
  }
}

/** A seal or checkpoint: what it states, who says so, where it lies. */
interface Sealing {
  readonly statement: SealStatement;
  readonly fingerprint: string;
  readonly place: StoredEvent;
  verdictBy(keys: KeyRing): SealVerdict;
}

function sealingOf(event: StoredEvent): Sealing | null {
  if (event.type === 'LedgerSealed') {
    const { fingerprint, signature, ...statement } = event.data;
    const signed = { fingerprint, signature };
    const verdictBy = (keys: KeyRing) => keys.sealVerdict(statement, signed, event);
    return { statement, fingerprint, place: event, verdictBy };
  }
  if (event.type !== 'CheckpointSigned') return null;
  const read = readCheckpoint(event.data.note);
  if (read.status === 'refused') fail(event.position, 'S1', `no checkpoint: ${read.reason}`);
  const { checkpoint: statement, note } = read;
  const { fingerprint } = statement;
  const verdictBy = (keys: KeyRing) => keys.checkpointVerdict(statement, note, event);
  return { statement, fingerprint, place: event, verdictBy };
}

function commitOf(text: string, position: number): Commit {
  const decoded = decodeStoredCommit(text, position);
  if (decoded.status === 'damaged') throw new BundleProblem(decoded.damage);
  const chain = chainVerifier({
    position: position - 1,
    hash: decoded.commit.prev,
    epoch: 0,
    at: 0,
  });
  const damage = chain.next(decoded.commit);
  if (damage !== null) throw new BundleProblem(damage);
  return decoded.commit;
}

function parsed(line: string | undefined): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function stringsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}

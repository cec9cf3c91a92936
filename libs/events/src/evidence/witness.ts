import { base64Of, bytesOfBase64, bytesOfHex, hexOf } from '@oakring/crypto';
import { readCheckpoint, isCheckpointSigned, type Checkpoint } from './checkpoint.js';
import { cosign, type Cosigner } from './cosignature.js';
import { verifyConsistency } from './merkle-tree.js';
import { noteContent } from './signed-note.js';

/** What a witness is asked to sign (c2sp.org/tlog-witness). */
export interface AddCheckpoint {
  /** Size of the tree that the proof begins at; 0: the first time. */
  readonly oldSize: number;
  /** Hashes, hexadecimal. */
  readonly proof: readonly string[];
  /** The checkpoint, signed. */
  readonly note: string;
}

export type Witnessed =
  /** `line`: the cosignature alone, with its line feed; `note`: the checkpoint with it. */
  | { readonly status: 'cosigned'; readonly note: string; readonly line: string }
  /** `http`: as the page on witnesses has it; `size`: the newest that it cosigned. */
  | {
      readonly status: 'refused';
      readonly http: 400 | 403 | 404 | 409 | 422;
      readonly reason: string;
      readonly size: number;
    };

/** What a witness knows of one log. */
export interface Witnessing {
  /** Public keys that sign for it; null: it is not one of ours. */
  keysOf(clusterId: string): readonly string[] | null;
  /** The newest checkpoint of it that was cosigned. */
  newest(clusterId: string): Checkpoint | null;
}

/** The body of `POST /add-checkpoint`; null when it is none. */
export function readAddCheckpoint(body: string): AddCheckpoint | null {
  const blank = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(0, blank)).split('\n');
  const oldSize = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const hashes = lines.map((line) => bytesOfBase64(line));
  const proof = hashes.flatMap((hash) => (hash?.length === 32 ? [hexOf(hash)] : []));
  if (oldSize === undefined || proof.length < lines.length || proof.length > 63) return null;
  return { oldSize: Number(oldSize), proof, note: body.slice(blank + 2) };
}

/** The same as a body. */
export function writeAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${base64Of(bytesOfHex(hash))}\n`);
  return `old ${oldSize}\n${lines.join('')}\n${note}`;
}

/**
 * Cosigns a checkpoint that continues the newest one of its log, and none that forks from it or lies before
 * it. What is answered counts only once the caller has kept it. `at`: seconds since 1970.
 */
export function witness(
  { oldSize, proof, note }: AddCheckpoint,
  known: Witnessing,
  cosigner: Cosigner,
  at: number,
): Witnessed {
  const read = readCheckpoint(note);
  if (read.status === 'refused') return refused(403, `it is no checkpoint: ${read.reason}`, 0);
  const { checkpoint, note: signed } = read;
  const { clusterId, position: size, merkleRoot: root } = checkpoint;
  const keys = known.keysOf(clusterId);
  if (keys === null) return refused(404, `cluster ${clusterId} is not witnessed here`, 0);
  if (!keys.some((key) => isCheckpointSigned(signed, clusterId, key))) {
    return refused(403, `no key of cluster ${clusterId} signed it`, 0);
  }
  const newest = known.newest(clusterId);
  const cosigned = newest?.position ?? 0;
  if (oldSize > size)
    return refused(400, `it has ${size} commits and is to follow ${oldSize}`, cosigned);
  if (oldSize !== cosigned)
    return refused(409, `the newest that was cosigned has ${cosigned} commits`, cosigned);
  if (newest === null && proof.length > 0) return refused(422, 'nothing is to be proved yet', 0);
  if (newest !== null && size === cosigned && root !== newest.merkleRoot) {
    return refused(409, `a FORK: another tree of ${size} commits was cosigned`, cosigned);
  }
  const isProved =
    newest === null ||
    verifyConsistency({ size: cosigned, root: newest.merkleRoot }, { size, root }, proof);
  if (!isProved)
    return refused(
      422,
      `it is not proved to continue the ${cosigned} commits that were cosigned`,
      cosigned,
    );
  const cosignature = cosign(signed, cosigner, at);
  const [line = ''] = noteContent('', [cosignature]).split('\n').slice(1);
  const others = signed.signatures.filter(
    ({ name, keyId }) => name !== cosignature.name || keyId !== cosignature.keyId,
  );
  return {
    status: 'cosigned',
    note: noteContent(signed.text, [...others, cosignature]),
    line: `${line}\n`,
  };
}

function refused(http: 400 | 403 | 404 | 409 | 422, reason: string, size: number): Witnessed {
  return { status: 'refused', http, reason, size };
}

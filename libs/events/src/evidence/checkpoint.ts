import { base64Of, bytesOfBase64, bytesOfHex, hexOf } from '@oakring/crypto';
import type { Problem } from '../log/damage.js';
import {
  isNoteName,
  isNoteSignedBy,
  noteContent,
  noteSignature,
  readNote,
  type SignedNote,
} from './signed-note.js';

/**
 * Where the log of a cluster stood, and who says so: what a checkpoint states (c2sp.org/tlog-checkpoint).
 * The tree's size is the position; its leaves are the hashes of commits 1 to `position`.
 */
export interface Checkpoint {
  readonly clusterId: string;
  readonly position: number;
  /** Of the Merkle tree of that size, hexadecimal. */
  readonly merkleRoot: string;
  /** Of the commit at `position`: who holds the chain alone compares one line. */
  readonly hash: string;
  /** Of the commit at `position`: which leadership it was, when two of them tell different histories. */
  readonly epoch: number;
  /** How many events stream `seals` has in the tree: who shows fewer hides something about keys. */
  readonly keyEvents: number;
  /** Of the key that signs: four bytes on a signature line are found again by whoever tries 2³² keys. */
  readonly fingerprint: string;
}

interface SoundCheckpoint {
  readonly status: 'checkpoint';
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

export type ReadCheckpoint =
  SoundCheckpoint | { readonly status: 'refused'; readonly reason: string };

/**
 * A manager states nothing about a tree so many commits ago: what it takes is about these days. What is older
 * in a ledger is verified all the same.
 */
export const evidenceReach = 50_000;

interface Signer {
  readonly fingerprint: string;
  readonly publicKey: string;
  sign(text: string): string;
}

const originPrefix = 'oakring/';
const decimal = /^(0|[1-9]\d*)$/;
const hashDigits = /^[0-9a-f]{64}$/;

/** The log's name, in the first line and on the line of its signature. */
export function originOf(clusterId: string): string {
  return `${originPrefix}${clusterId}`;
}

/** The note's text: the three lines of a checkpoint, and four extension lines of ours. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { clusterId, position, merkleRoot, hash, epoch, keyEvents, fingerprint } = checkpoint;
  const root = base64Of(bytesOfHex(merkleRoot));
  const lines = [originOf(clusterId), String(position), root];
  lines.push(`commit ${hash}`, `epoch ${epoch}`, `seals ${keyEvents}`, `key ${fingerprint}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** The signed note. Throws a TypeError when the statement has no such form: a cluster's id with a space. */
export function signCheckpoint(statement: Omit<Checkpoint, 'fingerprint'>, key: Signer): string {
  const text = checkpointText({ ...statement, fingerprint: key.fingerprint });
  const content = noteContent(text, [noteSignature(text, originOf(statement.clusterId), key)]);
  const read = readCheckpoint(content);
  if (read.status === 'refused') throw new TypeError(`no checkpoint: ${read.reason}`);
  return content;
}

/** Reads a checkpoint of ours in its one form, and says why where it is none. Nothing is verified. */
export function readCheckpoint(content: string): ReadCheckpoint {
  const read = readNote(content);
  if (read.status === 'refused') return read;
  const [origin = '', size = '', root = '', ...extensions] = read.note.text
    .slice(0, -1)
    .split('\n');
  const [hash, epoch, keyEvents, fingerprint] = ['commit ', 'epoch ', 'seals ', 'key '].map(
    (label, index) => valueAfter(label, extensions[index]),
  );
  if (!origin.startsWith(originPrefix) || !isNoteName(origin) || origin === originPrefix) {
    return refused('its first line is not oakring/ and the id of a cluster');
  }
  if (!isNumber(size) || size === '0') return refused('its second line is not the size of a tree');
  const rootBytes = bytesOfBase64(root);
  if (rootBytes?.length !== 32) return refused('its third line is not a hash in base 64');
  const areNumbers = isNumber(epoch) && isNumber(keyEvents);
  if (extensions.length !== 4 || !isHash(hash) || !areNumbers || !isHash(fingerprint)) {
    return refused('its further lines are not commit, epoch, seals and key');
  }
  const checkpoint: Checkpoint = {
    clusterId: origin.slice(originPrefix.length),
    position: Number(size),
    merkleRoot: hexOf(rootBytes),
    ...{ hash, epoch: Number(epoch), keyEvents: Number(keyEvents), fingerprint },
  };
  return { status: 'checkpoint', checkpoint, note: read.note };
}

/** As `readCheckpoint`, of what a ledger or a bundle states: signed by the log alone. */
export function statedCheckpoint(content: string): Problem | SoundCheckpoint {
  const read = readCheckpoint(content);
  if (read.status === 'refused') return unstated(`it is no checkpoint: ${read.reason}`);
  if (read.note.signatures.length === 1) return read;
  return unstated('it is signed by others than the log');
}

/** Whether the holder of this key signed it as the log itself. */
export function isCheckpointSigned(
  note: SignedNote,
  clusterId: string,
  publicKey: string,
): boolean {
  return isNoteSignedBy(note, originOf(clusterId), publicKey);
}

function valueAfter(label: string, line = ''): string | undefined {
  return line.startsWith(label) ? line.slice(label.length) : undefined;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && decimal.test(text) && Number.isSafeInteger(Number(text));
}

function isHash(text: string | undefined): text is string {
  return text !== undefined && hashDigits.test(text);
}

function refused(reason: string): ReadCheckpoint {
  return { status: 'refused', reason };
}

function unstated(detail: string): Problem {
  return { rule: 'S1', detail };
}

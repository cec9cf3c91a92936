import { sha256 } from '@oakring/crypto';
import { canonicalJson, isJsonObject } from '@oakring/events';
import type { RecordedReading } from './telemetry-log.port.js';

/** Where the chain of batches ends. */
export interface BatchHead {
  /** Number of the last batch or end mark; 0 before the first. */
  readonly batch: number;
  readonly hash: string;
}

export const emptyBatchHead: BatchHead = { batch: 0, hash: '0'.repeat(64) };

/**
 * A line of a segment, canonical JSON: a batch, or the end mark, which has a number in the same
 * dense row and a place in the same chain. `hash` is the SHA-256 of the line without its `hash`.
 */
export interface SegmentLine extends BatchHead {
  readonly at: number;
  readonly prev: string;
  /** Null for the end mark. */
  readonly readings: readonly RecordedReading[] | null;
  /** End mark only: bytes of a line before it that was cut off by a crash and does not count. */
  readonly torn: number;
}

export interface EncodedLine {
  readonly head: BatchHead;
  readonly at: number;
  /** When the first of its readings was taken in; null: it is an end mark. */
  readonly first: number | null;
  /** With its line feed. */
  readonly bytes: Buffer;
}

export function encodeBatch(
  last: BatchHead,
  at: number,
  readings: readonly RecordedReading[],
): EncodedLine {
  let rows = '';
  let first = at;
  for (const { nodeId, at: readAt, cpu, memory } of readings) {
    if (readAt < first) first = readAt;
    if (rows !== '') rows += ',';
    rows += `[${canonicalJson(nodeId)},${readAt},${cpu},${memory}]`;
  }
  const before = `"at":${at},"batch":${last.batch + 1},`;
  return { ...seal(last, before, `,"readings":[${rows}]`), at, first };
}

/** Closes a segment. `torn`: bytes of a torn line that lie before it in the file. */
export function encodeEndMark(last: BatchHead, at: number, torn: number): EncodedLine {
  const before = `"at":${at},"batch":${last.batch + 1},"end":true,`;
  return { ...seal(last, before, torn === 0 ? '' : `,"torn":${torn}`), at, first: null };
}

/** `hash` and `prev` stand between the members before and after them: the order is canonical. */
function seal(last: BatchHead, before: string, after: string): Pick<EncodedLine, 'head' | 'bytes'> {
  const rest = `"prev":"${last.hash}"${after}}`;
  const hash = sha256(`{${before}${rest}`);
  return {
    head: { batch: last.batch + 1, hash },
    bytes: Buffer.from(`{${before}"hash":"${hash}",${rest}\n`),
  };
}

const hashMember = /"hash":"([0-9a-f]{64})",/;

/** A line without its line feed; null when it is torn, changed, or none at all. */
export function decodeLine(text: string): SegmentLine | null {
  const hash = hashMember.exec(text)?.[1];
  if (hash === undefined || sha256(text.replace(hashMember, '')) !== hash) return null;
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(line) || typeof line['prev'] !== 'string') return null;
  const { batch, at, torn } = line;
  if (!isNatural(batch) || !isNatural(at)) return null;
  const readings = line['end'] === true ? null : readingsOf(line['readings']);
  if (readings === undefined) return null;
  return { batch, at, hash, prev: line['prev'], readings, torn: isNatural(torn) ? torn : 0 };
}

function readingsOf(rows: unknown): RecordedReading[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const readings: RecordedReading[] = [];
  for (const row of rows) {
    if (!Array.isArray(row)) return undefined;
    const [nodeId, at, cpu, memory]: unknown[] = row;
    if (typeof nodeId !== 'string' || !isNatural(at) || !isNatural(cpu) || !isNatural(memory)) {
      return undefined;
    }
    readings.push({ nodeId, at, cpu, memory });
  }
  return readings;
}

function isNatural(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

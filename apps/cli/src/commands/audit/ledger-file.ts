import { damageAt, decodeStoredCommit, type RuleId } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Walked } from './store.js';

/** A longer line is no commit (docs/ledger-format.md): what is written has 1 MB of events at most. */
const maxLineBytes = 64 * 1024 * 1024;
const lineFeed = 0x0a;
/** Every commit of either format begins with its position. */
const beginning = '{"_id":';
/** A breath after so many commits. */
const pageCommits = 1_000;

/** Whether the file is a ledger as "audit export --all" writes it, and no bundle; an empty one has no commits. */
export async function isLedgerFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning.length), { position: 0 });
    return bytesRead === 0 || buffer.toString('latin1') === beginning;
  } finally {
    await file.close();
  }
}

/**
 * Every commit of such a file, in order, in bounded memory; ends at the first that cannot be one. `bytes`: of so
 * many at its beginning; `from`: those before that position are passed over unread.
 */
export async function* commitsIn(
  path: string,
  { timers }: Ports,
  { bytes = Number.POSITIVE_INFINITY, from = 1 }: { bytes?: number; from?: number } = {},
): AsyncGenerator<Walked> {
  if (bytes === 0) return;
  let position = 0;
  for await (const line of linesOf(path, bytes)) {
    position += 1;
    if (position < from) continue;
    const walked =
      typeof line === 'string' ? damagedAt(position, 'C1', line) : commitOf(line, position);
    yield walked;
    if (walked.status === 'damaged') return;
    if (position % pageCommits === 0) await timers.sleep(0);
  }
}

function commitOf(bytes: Buffer, position: number): Walked {
  // What is shown must be what was hashed: bytes that are no text would be shown as something else.
  if (!isUtf8(bytes)) return damagedAt(position, 'P3', 'its bytes are not UTF-8');
  return decodeStoredCommit(bytes.toString('utf8'), position);
}

function damagedAt(position: number, rule: RuleId, detail: string): Walked {
  return { status: 'damaged', damage: damageAt(position, rule, detail) };
}

/** The bytes of each line, or why it is none. */
async function* linesOf(path: string, bytes: number): AsyncGenerator<Buffer | string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      length = 0;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maxLineBytes) return yield 'its line is longer than 64 MiB';
  }
  if (length > 0) yield 'its line does not end with a line feed';
}

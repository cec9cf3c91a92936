import {
  decodeEvents,
  readCheckpoint,
  checkpointsStream,
  type Commit,
  type StoredEvent,
} from '@oakring/events';
import type { TimeStamp, TrustedCertificates } from '@oakring/timestamps';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';

type Stamped = Extract<StoredEvent, { type: 'CheckpointStamped' }>;

/** So many checkpoints may come between one and its stamp. */
const keptNotes = 8;

/** Time stamps that were found, none of them refused. */
export interface FoundStamps {
  readonly count: number;
  /** Of a bundle: stamps of checkpoints that it does not show. */
  readonly unshown: number;
  readonly newest: (Omit<TimeStamp, 'nonce'> & { readonly position: number }) | null;
}

/** Where a stamp is refused, an event's address, and why. */
export interface RefusedStamp {
  readonly address: string;
  readonly detail: string;
}

/** Judges the time stamps of a ledger as its commits pass by, in bounded memory. */
export class StampWatch {
  private readonly notes = new Map<number, string>();
  private count = 0;
  private unshown = 0;
  private stampedTo = 0;
  private newest: FoundStamps['newest'] = null;

  private constructor(
    private readonly trusted: TrustedCertificates | null,
    /** A bundle leaves commits out: a checkpoint that is not there was not shown. */
    private readonly isWhole: boolean,
  ) {}

  /** `ca`: file of the certificates that stamps must lead to. Throws a CommandFailure when it is none. */
  static async of(ca: string | undefined, { isWhole }: { isWhole: boolean }): Promise<StampWatch> {
    if (ca === undefined) return new StampWatch(null, isWhole);
    const { certificatesOf } = await import('@oakring/timestamps');
    try {
      return new StampWatch(certificatesOf(await readFile(ca, 'utf8')), isWhole);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(`--tsa-ca: ${ca} cannot be used: ${reason}.`, exitCodes.usage);
    }
  }

  /** The next commit, in the order of the log; the first stamp in it that is refused. Null: at once, none. */
  take(commit: Commit): Promise<RefusedStamp | null> | null {
    return commit.streams.includes(checkpointsStream) ? this.judge(decodeEvents(commit)) : null;
  }

  get found(): FoundStamps {
    const { count, unshown, newest } = this;
    return { count, unshown, newest };
  }

  /** Lines for a person: from when the newest stamp is, by whose word, and what it rests on. */
  lines(): string[] {
    const { newest, count, unshown } = this;
    const lines =
      unshown === 0 ? [] : [`${counted(unshown, 'time stamp')} of checkpoints that are not shown`];
    if (newest === null) return lines;
    const { position, time, authority, isTrusted } = newest;
    const word = isTrusted
      ? `by the word of ${authority}, which leads to a certificate that you trust`
      : `as a time stamp says; NOT VERIFIED whose: ${authority} calls itself so. Name the certificates that you trust with --tsa-ca`;
    const stamps = counted(count, 'time stamp');
    return [
      ...lines,
      `${stamps}: the checkpoint of position ${position} existed before ${time}, ${word}`,
    ];
  }

  /** Ends the command where an outside time was asked for and there is none. */
  demand(): void {
    if (this.trusted === null || this.newest !== null) return;
    const detail =
      'not proven: no time stamp of a checkpoint is shown, so --tsa-ca proves no time.';
    throw new CommandFailure(detail, exitCodes.refused);
  }

  private async judge(events: readonly StoredEvent[]): Promise<RefusedStamp | null> {
    for (const event of events) {
      if (event.type === 'CheckpointSigned') this.remember(event.data.note);
      if (event.type !== 'CheckpointStamped') continue;
      const detail = await this.problemOf(event);
      if (detail === null) continue;
      const address = `${event.position}-${event.index}`;
      return { address, detail: `the time stamp of position ${event.data.position}: ${detail}` };
    }
    return null;
  }

  private remember(note: string): void {
    const read = readCheckpoint(note);
    if (read.status === 'refused') return;
    this.notes.set(read.checkpoint.position, note);
    for (const position of this.notes.keys()) {
      if (this.notes.size <= keptNotes) break;
      this.notes.delete(position);
    }
  }

  private async problemOf({ data: { position, time, token } }: Stamped): Promise<string | null> {
    if (position <= this.stampedTo) return `one of position ${this.stampedTo} came before it`;
    this.stampedTo = position;
    const note = this.notes.get(position);
    if (note === undefined && this.isWhole)
      return 'none of the eight checkpoints before seals that';
    if (note === undefined) {
      this.unshown += 1;
      return null;
    }
    const { readTimeStamp } = await import('@oakring/timestamps');
    const bytes = Buffer.from(token, 'base64');
    if (bytes.toString('base64') !== token) return 'its token is not base64 in its one form';
    const read = await readTimeStamp(bytes, note, this.trusted);
    if (read.status === 'refused') return read.reason;
    const { authority, isTrusted } = read.stamp;
    if (read.stamp.time !== time) return `it says ${time}, and its token ${read.stamp.time}`;
    this.count += 1;
    this.newest = { position, time, authority, isTrusted };
    return null;
  }
}

/** Throws what ends the command when a stamp is refused; with `--json` it is told before. */
export function refuseStamp(
  { address, detail }: RefusedStamp,
  out: ((line: string) => void) | null,
): never {
  out?.(JSON.stringify({ status: 'stamp-refused', address, detail }));
  throw new CommandFailure(`refused: event ${address}: ${detail}`, exitCodes.refused);
}

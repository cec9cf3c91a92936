import {
  damageAt,
  decodeEvents,
  readCheckpoint,
  recentCheckpoints,
  checkpointsStream,
  type Commit,
  type Damage,
  type EventData,
  type StatedStamp,
  type StoredEvent,
} from '@oakring/events';
import type { TimeStamp, TrustedCertificates } from '@oakring/timestamps';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';

type Stamped = EventData<'CheckpointStamped'>;
type Problem = Pick<Damage, 'rule' | 'detail'>;

/** Time stamps that were found, none of them refused. */
export interface FoundStamps {
  readonly count: number;
  /** Of a bundle: stamps of checkpoints that it does not show. */
  readonly unshown: number;
  readonly newest: (Omit<TimeStamp, 'nonce'> & { readonly position: number }) | null;
}

/**
 * Judges the time stamps of a ledger as its commits pass by, in bounded memory: those that a verifier of the
 * ledger let pass, which knows of which checkpoints they may be.
 */
export class StampWatch {
  private readonly notes = new Map<number, string>();
  private count = 0;
  private unshown = 0;
  private stampedTo = 0;
  private newest: FoundStamps['newest'] = null;

  private constructor(private readonly trusted: TrustedCertificates | null) {}

  /** `ca`: file of the certificates that stamps must lead to. Throws a CommandFailure when it is none. */
  static async of(ca: string | undefined): Promise<StampWatch> {
    if (ca === undefined) return new StampWatch(null);
    const { certificatesOf } = await import('@oakring/timestamps');
    try {
      return new StampWatch(certificatesOf(await readFile(ca, 'utf8')));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandFailure(`--tsa-ca: ${ca} cannot be used: ${reason}.`, exitCodes.usage);
    }
  }

  /** The next commit, in the order of the log; what the first stamp in it breaks. Null: at once, nothing. */
  take(commit: Commit): Promise<Damage | null> | null {
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

  /** As `Witnessed.standing`, of outside times. Null: none was asked for. `newsAt`: as `LedgerReport` has it. */
  standing(newsAt: number): 'stamped' | 'unstamped-tail' | 'unstamped' | null {
    if (this.trusted === null) return null;
    if (this.newest === null) return 'unstamped';
    return this.newest.position < newsAt ? 'unstamped-tail' : 'stamped';
  }

  /** Ends the command where an outside time was asked for and there is none of all that is shown. */
  demand(newsAt: number): void {
    switch (this.standing(newsAt)) {
      case null:
      case 'stamped':
        return;
      case 'unstamped':
        throw new CommandFailure(
          'not proven: no time stamp of a checkpoint is shown, so --tsa-ca proves no time.',
          exitCodes.refused,
        );
      case 'unstamped-tail': {
        const to = this.newest?.position ?? 0;
        throw new CommandFailure(
          `stamped up to position ${to} only: no time stamp covers positions ${to + 1}–${newsAt} yet.`,
          exitCodes.unsealedTail,
        );
      }
    }
  }

  /** The stamp that a bundle has of its checkpoint, after all others; what it breaks. */
  async takeShown(note: string, stated: StatedStamp): Promise<Damage | null> {
    this.remember(note);
    const read = readCheckpoint(note);
    const position = read.status === 'checkpoint' ? read.checkpoint.position : 0;
    const problem = await this.problemOf({ ...stated, position });
    return problem === null ? null : damageAt(null, problem.rule, `its stamp: ${problem.detail}`);
  }

  private async judge(events: readonly StoredEvent[]): Promise<Damage | null> {
    for (const event of events) {
      if (event.type === 'CheckpointSigned') this.remember(event.data.note);
      if (event.type !== 'CheckpointStamped') continue;
      const problem = await this.problemOf(event.data);
      if (problem === null) continue;
      const { position, index, data } = event;
      const detail = `event ${position}-${index}, the stamp of position ${data.position}: ${problem.detail}`;
      return damageAt(position, problem.rule, detail);
    }
    return null;
  }

  private remember(note: string): void {
    const read = readCheckpoint(note);
    if (read.status === 'refused') return;
    const { position } = read.checkpoint;
    // One that is stated again is one of the newest.
    this.notes.delete(position);
    this.notes.set(position, note);
    for (const oldest of this.notes.keys()) {
      if (this.notes.size <= recentCheckpoints) break;
      this.notes.delete(oldest);
    }
  }

  private async problemOf({ position, time, token }: Stamped): Promise<Problem | null> {
    if (position <= this.stampedTo) {
      return { rule: 'T1', detail: `one of position ${this.stampedTo} came before it` };
    }
    this.stampedTo = position;
    const note = this.notes.get(position);
    if (note === undefined) {
      // A bundle leaves commits out.
      this.unshown += 1;
      return null;
    }
    const { readTimeStamp } = await import('@oakring/timestamps');
    const bytes = Buffer.from(token, 'base64');
    if (bytes.toString('base64') !== token) {
      return { rule: 'T2', detail: 'its token is not base64 in its one form' };
    }
    const read = await readTimeStamp(bytes, note, this.trusted);
    if (read.status === 'refused') {
      return { rule: read.isOfTrust ? 'T3' : 'T2', detail: read.reason };
    }
    const { authority, isTrusted } = read.stamp;
    if (read.stamp.time !== time) {
      return { rule: 'T2', detail: `it says ${time}, and its token ${read.stamp.time}` };
    }
    this.count += 1;
    this.newest = { position, time, authority, isTrusted };
    return null;
  }
}

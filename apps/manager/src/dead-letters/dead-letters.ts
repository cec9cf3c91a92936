import { cutText, type DeadLetter, type ErrorCode } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { LetterFile } from './letter-file.js';
import { LetterLimit } from './letter-limit.js';
import { keptPayload } from './letter-payload.js';

/** The newest that an operator can read. */
const maxLetters = 10_000;
const maxTopicCharacters = 512;
const maxReasonCharacters = 1_024;

/** A message in the name of a node that its sender is not. */
export interface Forgery {
  readonly topic: string;
  readonly code: ErrorCode;
  readonly node: string;
  /** The node that its sender showed to be; null: none. */
  readonly by: string | null;
  /** Network address. */
  readonly from: string;
}

export interface RefusedMessage {
  readonly topic: string;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly payload: Uint8Array;
  /** Whose it is, as far as is known: what is kept of one leaves room for others. */
  readonly nodeId: string | null;
  /** Absent: it was not refused for who said it, or nobody knows who did. */
  readonly forged?: Pick<Forgery, 'node' | 'by' | 'from'>;
}

/**
 * What was refused of workers' messages, with the reason: counted, and readable by an operator. The
 * newest 10 000; of one node the first 20 in a minute, then one a second with the number left out.
 */
export class DeadLetters {
  private readonly byCode = new Map<ErrorCode, number>();
  private readonly limit = new LetterLimit();
  /** Oldest first, once full a ring: `oldest` is overwritten next. */
  private readonly letters: DeadLetter[];
  private oldest = 0;
  private readonly listeners: ((forgery: Forgery) => void)[] = [];

  private constructor(
    letters: readonly DeadLetter[],
    private readonly file: LetterFile | null,
    private readonly ports: Ports,
  ) {
    this.letters = letters.slice(-maxLetters);
  }

  /** `folder`: where they outlive a restart (best effort); null keeps them in memory only. */
  static async open(folder: string | null, ports: Ports): Promise<DeadLetters> {
    if (folder === null) return new DeadLetters([], null, ports);
    const [file, letters] = await LetterFile.open(folder, ports);
    return new DeadLetters(letters, file, ports);
  }

  /** Calls back with each from now on, those that are not kept among them. */
  onForged(listener: (forgery: Forgery) => void): void {
    this.listeners.push(listener);
  }

  record({ topic, code, reason, payload, nodeId, forged }: RefusedMessage): void {
    if (forged !== undefined) {
      for (const listener of this.listeners) listener({ topic, code, ...forged });
    }
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
    const suppressed = this.limit.admit(nodeId ?? '', this.ports.clock.monotonicMs());
    if (suppressed === null) return;
    const letter: DeadLetter = {
      at: new Date(this.ports.clock.wallMs()).toISOString(),
      topic: cutText(topic, maxTopicCharacters),
      code,
      reason: cutText(reason, maxReasonCharacters),
      payload: keptPayload(payload),
      suppressed,
    };
    if (this.letters.length < maxLetters) {
      this.letters.push(letter);
    } else {
      this.letters[this.oldest] = letter;
      this.oldest = (this.oldest + 1) % maxLetters;
    }
    this.file?.append(letter);
  }

  /** Newest first. */
  list(limit: number = maxLetters): readonly DeadLetter[] {
    const inOrder = [...this.letters.slice(this.oldest), ...this.letters.slice(0, this.oldest)];
    return inOrder.reverse().slice(0, limit);
  }

  /** Refused since the start, by code: those that were not kept count too. */
  counts(): ReadonlyMap<ErrorCode, number> {
    return this.byCode;
  }

  close(): Promise<void> {
    return this.file?.close() ?? Promise.resolve();
  }
}

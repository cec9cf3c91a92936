import { mostStreamBytes, type StreamSaid } from '@oakring/contracts';
import { StreamFailure } from './stream-failure.js';

export type Channel = 'out' | 'err';

/** How many bytes of input wait here for whoever takes them. */
const inputRoomBytes = 65_536;

/** What is said on a stream, without which stream of which start it is. */
export type Said = Omit<StreamSaid, 'stream' | 'incarnation'>;

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * One stream to the manager that opened it. It says as much as it has credit for, and waits for more:
 * whoever reads slowly slows nobody else. What comes in waits here up to a limit that was told.
 */
export class WorkerStream {
  readonly ending = new AbortController();
  heardMs: number;
  saidMs: number;
  private sequence = 0;
  private sentBytes = 0;
  private creditBytes = 0;
  private inputs = 0;
  private takenBytes = 0;
  private readonly waiting: Uint8Array[] = [];
  private isInputOver = false;
  private sized: (size: Size) => void = () => {};
  private readonly wakers = new Set<() => void>();

  constructor(
    readonly id: string,
    /** Of the leadership that opened it. */
    readonly epoch: number,
    nowMs: number,
    private readonly speech: {
      readonly say: (said: Said) => void;
      /** What a message may have. */
      readonly mostBytes: () => number;
    },
  ) {
    this.heardMs = nowMs;
    this.saidMs = nowMs;
    this.ending.signal.addEventListener('abort', () => this.wake());
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** It was found: what is on it comes. */
  opened(): void {
    this.speech.say({ says: 'opened', room: inputRoomBytes });
  }

  /** Resolves once all of it is said. Throws when nobody waits for it any more. */
  async write(channel: Channel, bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.byteLength > 0) {
      this.signal.throwIfAborted();
      const credit = this.creditBytes - this.sentBytes;
      if (credit <= 0) {
        await this.woken();
        continue;
      }
      const piece = rest.subarray(0, Math.min(credit, this.pieceBytes));
      const data = Buffer.from(piece).toString('base64');
      this.speech.say({ says: 'data', sequence: this.sequence, channel, data });
      this.sequence += 1;
      this.sentBytes += piece.byteLength;
      rest = rest.subarray(piece.byteLength);
    }
  }

  end(how: Pick<StreamSaid, 'code' | 'detail' | 'exitCode'>): void {
    this.speech.say({ says: 'end', sequence: this.sequence, ...how });
  }

  /** So many bytes may have been said since the beginning. */
  credit(total: number): void {
    if (total <= this.creditBytes) return;
    this.creditBytes = total;
    this.wake();
  }

  /** A piece of input came. Throws when one before it did not, or when it is more than there is room for. */
  take(sequence: number, data: Uint8Array, isLast: boolean): void {
    if (sequence < this.inputs) return;
    if (sequence > this.inputs) {
      throw new StreamFailure('stream-broken', `Pieces of the input were lost before ${sequence}.`);
    }
    this.inputs += 1;
    const held = this.waiting.reduce((sum, { byteLength }) => sum + byteLength, data.byteLength);
    if (held > inputRoomBytes) {
      throw new StreamFailure('stream-broken', 'More input came than there was room for.');
    }
    if (data.byteLength > 0) this.waiting.push(data);
    this.isInputOver ||= isLast;
    this.wake();
  }

  /** Input as it comes, until it is over. */
  async *input(): AsyncGenerator<Uint8Array> {
    while (!this.signal.aborted) {
      const piece = this.waiting.shift();
      if (piece !== undefined) {
        yield piece;
        // Room again only once it is taken: whoever gives it waits for whoever takes it.
        this.takenBytes += piece.byteLength;
        this.speech.say({ says: 'room', room: this.takenBytes + inputRoomBytes });
      } else if (this.isInputOver) return;
      else await this.woken();
    }
  }

  onResize(listener: (size: Size) => void): void {
    this.sized = listener;
  }

  resize(size: Size): void {
    this.sized(size);
  }

  /** What has room in a message, written in base64, beside its other members. */
  private get pieceBytes(): number {
    const room = Math.floor(((this.speech.mostBytes() - 512) * 3) / 4);
    return Math.max(1, Math.min(mostStreamBytes, room));
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => this.wakers.add(resolve));
  }

  private wake(): void {
    for (const wake of this.wakers) wake();
    this.wakers.clear();
  }
}

import { mostStreamBytes, OakringError, type Call, type StreamSaid } from '@oakring/contracts';

/** What may be on its way to us on one stream, or wait here for its reader. */
export const windowBytes = 65_536;

export interface Piece {
  readonly channel: 'out' | 'err';
  readonly bytes: Buffer;
}

export interface StreamEnd {
  /** Null: it came to its end. */
  readonly problem: OakringError | null;
  readonly exitCode: number | null;
}

/** What is said on a stream, without which stream of which node it is. */
export type CallSaid = Omit<Call, 'stream' | 'incarnation' | 'epoch' | 'ledger'>;

interface StreamParts {
  readonly say: (said: CallSaid) => void;
  /** More was read: the worker may say more, in its turn. */
  readonly owes: () => void;
  /** It has ended. */
  readonly left: () => void;
}

/**
 * One stream of a worker, as whoever asked for it has it. What comes waits here until it is read, up to
 * what the worker was given credit for; more than that ends it.
 */
export class NodeStream {
  /** Resolves once the worker has found what is wanted; rejects with why it cannot be had. */
  readonly opened: Promise<void>;
  /** Monotonic. */
  heardMs: number;
  end: StreamEnd | null = null;
  private readonly pieces: Piece[] = [];
  private sequence = 0;
  private receivedBytes = 0;
  private readBytes = 0;
  private grantedBytes = windowBytes;
  private inputs = 0;
  private roomBytes = 0;
  private writtenBytes = 0;
  private wakers: (() => void)[] = [];
  private open: () => void = () => {};
  private fail: (problem: OakringError) => void = () => {};

  constructor(
    readonly nodeId: string,
    /** Of the start that it was opened to. */
    readonly incarnation: number,
    nowMs: number,
    private readonly parts: StreamParts,
  ) {
    this.heardMs = nowMs;
    this.opened = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
    this.opened.catch(() => {
      // Whoever reads it is told by its end as well.
    });
  }

  /** The next of what the worker says; null once there is no more: `end` says why. */
  async next(): Promise<Piece | null> {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece !== undefined) {
        this.readBytes += piece.bytes.byteLength;
        // Not for each line: what is half used up is filled again.
        const isHalfUsed = this.creditBytes - this.grantedBytes >= windowBytes / 2;
        if (this.end === null && isHalfUsed) this.parts.owes();
        return piece;
      }
      if (this.end !== null) return null;
      await this.woken();
    }
  }

  /** Resolves once the worker has room for it, and it is said. Ends quietly with the stream. */
  async write(bytes: Uint8Array, isLast = false): Promise<void> {
    let rest = bytes;
    do {
      if (this.end !== null) return;
      const room = this.roomBytes - this.writtenBytes;
      if (rest.byteLength > 0 && room <= 0) {
        await this.woken();
        continue;
      }
      const piece = rest.subarray(0, Math.min(room, mostStreamBytes));
      rest = rest.subarray(piece.byteLength);
      const sequence = this.inputs;
      this.inputs += 1;
      this.writtenBytes += piece.byteLength;
      const data = piece.byteLength === 0 ? {} : { data: Buffer.from(piece).toString('base64') };
      const last = isLast && rest.byteLength === 0 ? { last: true } : {};
      this.parts.say({ call: 'input', sequence, ...data, ...last });
    } while (rest.byteLength > 0);
  }

  resize(columns: number, rows: number): void {
    if (this.end === null) this.parts.say({ call: 'resize', columns, rows });
  }

  /** Nobody reads it any more. */
  close(): void {
    if (this.end !== null) return;
    this.parts.say({ call: 'close' });
    this.finish({ problem: null, exitCode: null });
  }

  /** Says how much the worker may have said: as much as there is room for here. Also that we are there. */
  grant(): number {
    if (this.end !== null) return 0;
    const more = this.creditBytes - this.grantedBytes;
    this.grantedBytes = this.creditBytes;
    this.parts.say({ call: 'credit', credit: this.grantedBytes });
    return more;
  }

  heard(said: StreamSaid): void {
    if (this.end !== null) return;
    switch (said.says) {
      case 'opened':
        this.roomBytes = Math.max(this.roomBytes, said.room ?? 0);
        this.open();
        return this.wake();
      case 'room':
        this.roomBytes = Math.max(this.roomBytes, said.room ?? 0);
        return this.wake();
      case 'data':
        return this.take(said);
      case 'end':
        return this.ended(said);
      case 'alive':
        return;
    }
  }

  /** Its worker is not waited for any more, and told so in case it is there. */
  abandon(problem: OakringError): void {
    if (this.end !== null) return;
    this.parts.say({ call: 'close' });
    this.finish({ problem, exitCode: null });
  }

  /** It cannot go on. */
  broke(problem: OakringError): void {
    if (this.end !== null) return;
    this.finish({ problem, exitCode: null });
  }

  private get creditBytes(): number {
    return this.readBytes + windowBytes;
  }

  private take({ sequence = 0, channel, data }: StreamSaid): void {
    const number = sequence ?? 0;
    // A broker may deliver twice.
    if (number < this.sequence) return;
    if (number > this.sequence) return this.giveUp(`${number - this.sequence} pieces were lost`);
    const bytes = Buffer.from(data ?? '', 'base64');
    this.sequence += 1;
    this.receivedBytes += bytes.byteLength;
    if (this.receivedBytes > this.grantedBytes) {
      return this.giveUp('its worker said more than it may');
    }
    if (bytes.byteLength === 0) return;
    this.pieces.push({ channel: channel ?? 'out', bytes });
    this.wake();
  }

  private ended({ sequence, code, detail, exitCode = null }: StreamSaid): void {
    if (code !== undefined && code !== null) {
      return this.finish({ problem: problemOf(code, detail ?? null), exitCode: null });
    }
    const lost = (sequence ?? this.sequence) - this.sequence;
    if (lost > 0) return this.giveUp(`${lost} pieces were lost`);
    this.open();
    this.finish({ problem: null, exitCode });
  }

  private giveUp(why: string): void {
    const detail = `The stream from node ${this.nodeId} broke: ${why}.`;
    this.abandon(new OakringError({ code: 'stream-broken', detail }));
  }

  private finish(end: StreamEnd): void {
    this.end = end;
    if (end.problem !== null) this.fail(end.problem);
    this.parts.left();
    this.wake();
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => this.wakers.push(resolve));
  }

  private wake(): void {
    for (const wake of this.wakers.splice(0)) wake();
  }
}

/** What a worker may say that a stream ended with; anything else is a break. */
const known = [
  ...(['exec-not-offered', 'feature-missing', 'instance-not-running'] as const),
  ...(['nothing-printed', 'overloaded', 'stream-broken'] as const),
];

function problemOf(code: string, said: string | null): OakringError {
  const named = known.find((each) => each === code) ?? 'stream-broken';
  return new OakringError({ code: named, detail: said ?? `The worker says ${code}.` });
}

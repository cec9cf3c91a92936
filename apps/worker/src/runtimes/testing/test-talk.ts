import type { ExecTalk, TerminalSize } from '../runtime.port.js';

/** Whoever runs a command, as a test wants him to be. */
export class TestTalk implements ExecTalk {
  readonly leaving = new AbortController();
  readonly signal = this.leaving.signal;
  hasOpened = false;
  /** How many bytes may be said yet: a slow reader has few. */
  room = Number.POSITIVE_INFINITY;
  private readonly said = { out: [] as Buffer[], err: [] as Buffer[] };
  private readonly pieces: Uint8Array[] = [];
  /** Pieces of input that were asked for. */
  asked = 0;
  private isOver = false;
  private wakers: (() => void)[] = [];
  private sized: (size: TerminalSize) => void = () => {};

  constructor() {
    this.signal.addEventListener('abort', () => this.wake());
  }

  get out(): string {
    return Buffer.concat(this.said.out).toString('utf8');
  }

  get err(): string {
    return Buffer.concat(this.said.err).toString('utf8');
  }

  get outBytes(): Buffer {
    return Buffer.concat(this.said.out);
  }

  give(text: string | Uint8Array): void {
    this.pieces.push(Buffer.from(text));
    this.wake();
  }

  /** Its input is over. */
  finish(): void {
    this.isOver = true;
    this.wake();
  }

  allow(bytes: number): void {
    this.room += bytes;
    this.wake();
  }

  resize(size: TerminalSize): void {
    this.sized(size);
  }

  /** Resolves once it holds. */
  async sees(holds: (talk: TestTalk) => boolean): Promise<void> {
    while (!holds(this)) await this.woken();
  }

  opened(): void {
    this.hasOpened = true;
    this.wake();
  }

  async write(channel: 'out' | 'err', bytes: Uint8Array): Promise<void> {
    while (this.room < bytes.byteLength) {
      this.signal.throwIfAborted();
      await this.woken();
    }
    this.signal.throwIfAborted();
    this.room -= bytes.byteLength;
    this.said[channel].push(Buffer.from(bytes));
    this.wake();
  }

  async *input(): AsyncGenerator<Uint8Array> {
    while (!this.signal.aborted) {
      const piece = this.pieces.shift();
      if (piece !== undefined) {
        this.asked += 1;
        yield piece;
      } else if (this.isOver) return;
      else await this.woken();
    }
  }

  onResize(listener: (size: TerminalSize) => void): void {
    this.sized = listener;
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => this.wakers.push(resolve));
  }

  private wake(): void {
    for (const wake of this.wakers.splice(0)) wake();
  }
}

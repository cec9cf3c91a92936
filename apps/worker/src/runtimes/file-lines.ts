import type { FileHandle } from 'node:fs/promises';

const readBytes = 65_536;
/** A longer line is had in pieces. */
const maxLineBytes = 16_384;
const newline = 0x0a;

export interface FileLine {
  /** Bytes before it, and up to the end of it. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** It goes on in the next one. */
  readonly isOpen: boolean;
}

/** The lines of a file that may grow, from a place on. */
export class FileLines {
  private held: Buffer = Buffer.alloc(0);

  constructor(
    private readonly handle: FileHandle,
    /** Up to where lines were had. */
    private offset = 0,
  ) {}

  /** What is there now and has an end, or is too long to wait for it; up to byte `end`. */
  async *batches(end: number): AsyncGenerator<FileLine[]> {
    for (;;) {
      const from = this.offset + this.held.byteLength;
      const length = Math.min(readBytes, end - from);
      if (length <= 0) return;
      const { bytesRead, buffer } = await this.handle.read(Buffer.alloc(length), 0, length, from);
      if (bytesRead === 0) return;
      this.held = Buffer.concat([this.held, buffer.subarray(0, bytesRead)]);
      const lines = this.take();
      if (lines.length > 0) yield lines;
    }
  }

  async *rest(): AsyncGenerator<FileLine> {
    for await (const batch of this.batches(Infinity)) yield* batch;
    yield* this.left();
  }

  /** What has no end yet, as it is. */
  left(): FileLine[] {
    const { byteLength } = this.held;
    return byteLength === 0 ? [] : [this.cut(byteLength, 0, true)];
  }

  private take(): FileLine[] {
    const lines: FileLine[] = [];
    for (;;) {
      const at = this.held.indexOf(newline);
      if (at !== -1 && at <= maxLineBytes) lines.push(this.cut(at, 1, false));
      else if (this.held.byteLength > maxLineBytes) lines.push(this.cut(maxLineBytes, 0, true));
      else return lines;
    }
  }

  private cut(length: number, more: number, isOpen: boolean): FileLine {
    const start = this.offset;
    const text = this.held.toString('utf8', 0, length).replace(/\r$/, '');
    this.held = this.held.subarray(length + more);
    this.offset += length + more;
    return { start, end: this.offset, text, isOpen };
  }
}

import {
  execFrame,
  execPiece,
  maxExecPieceBytes,
  OakringError,
  parseExecAsked,
  problemOf,
  ReceiveWindow,
  SendCredit,
  type ExecAsked,
  type ExecStart,
  type ExecTold,
  type Refusal,
} from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { RawData, WebSocket } from 'ws';

const pingEveryMs = 15_000;
/** Whoever does not answer is not there: his connection was cut without a word. */
const goneAfterMs = 45_000;
const startWithinMs = 10_000;
/** So long without a byte either way: somebody has forgotten it. Long work may well be quiet for hours. */
const idleAfterMs = 4 * 3_600_000;
/** After our last word; whoever does not close his side by then is cut. */
const closeWithinMs = 2_000;
/** Of RFC 6455. */
const policyViolated = 1_008;
const normal = 1_000;

/** What is done about what comes. */
export interface ExecListener {
  /** Room again once it is taken. */
  input(bytes: Uint8Array): void;
  inputOver(): void;
  resize(columns: number, rows: number): void;
  /** Nobody is there any more, or what he says cannot be; once. */
  gone(why: string): void;
}

/**
 * The connection to whoever runs a command (docs/clients.md). Both directions have credit of their own: nobody pauses
 * the connection, so that its end is heard, and whether the other side lives, however slowly it reads.
 */
export class ExecSocket {
  readonly started: Promise<ExecStart>;
  private readonly credit = new SendCredit();
  private readonly window = new ReceiveWindow();
  private listener: ExecListener | null = null;
  private why: string | null = null;
  private timers: readonly Timer[] = [];
  private heardMs: number;
  private busyMs: number;
  private begin: (start: ExecStart) => void = () => {};
  private refuse: (reason: Error) => void = () => {};
  private hasStarted = false;
  private takesInput = true;
  private isInputOver = false;
  /** We have said our last word. */
  private isClosing = false;
  private readonly waiting = new Waiting();

  constructor(
    private readonly socket: WebSocket,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
  ) {
    this.heardMs = ports.clock.monotonicMs();
    this.busyMs = this.heardMs;
    this.started = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.refuse = reject;
    });
    const late = ports.timers.after(startWithinMs, () => {
      const detail = `Nothing was said for ${startWithinMs / 1_000} s of what is to be run.`;
      this.refuse(new OakringError({ code: 'request-timeout', detail }));
    });
    this.timers = [late, ports.timers.every(pingEveryMs, () => this.look())];
    socket.on('pong', () => this.alive());
    socket.on('message', (data, isBinary) => this.take(data, isBinary));
    // What is wrong with a frame is told by the library, which closes as well.
    socket.on('error', (error) => this.lost(`the connection broke: ${error.message}`));
    socket.once('close', () => this.lost('whoever ran it left'));
  }

  /** What came before is told now. */
  listen(listener: ExecListener): void {
    this.listener = listener;
    this.waiting.tell(listener);
    if (this.why !== null) listener.gone(this.why);
  }

  /** Resolves once the other side has room for all of it, and the system has it; false: nobody is there any more. */
  async say(channel: 'out' | 'err', bytes: Uint8Array): Promise<boolean> {
    let rest = bytes;
    while (rest.byteLength > 0) {
      const most = await this.credit.take(Math.min(rest.byteLength, maxExecPieceBytes));
      if (most === 0) return false;
      await this.send(execFrame(channel, rest.subarray(0, most)));
      rest = rest.subarray(most);
    }
    return this.why === null;
  }

  /** Input was taken: there is room for more. */
  took(bytes: number): void {
    const total = this.window.took(bytes);
    if (total !== null) this.tell({ type: 'credit', bytes: total });
  }

  tell(told: ExecTold): void {
    if (this.why === null) void this.send(JSON.stringify(told));
  }

  /** The last word. */
  end(told: ExecTold): void {
    this.tell(told);
    this.close(normal, '');
  }

  /** Whoever runs it may not any more. */
  part(problem: Refusal): void {
    if (this.isClosing) return;
    this.tell({ type: 'problem', problem: problemOf(problem) });
    this.lost(problem.detail);
    this.close(policyViolated, problem.detail.slice(0, 100));
  }

  private close(code: number, reason: string): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.socket.close(code, reason);
    this.ports.timers.after(closeWithinMs, () => this.socket.terminate());
  }

  private send(data: string | Uint8Array): Promise<void> {
    this.busyMs = this.ports.clock.monotonicMs();
    return new Promise((resolve) => this.socket.send(data, () => resolve()));
  }

  private look(): void {
    const nowMs = this.ports.clock.monotonicMs();
    if (nowMs - this.heardMs >= goneAfterMs) {
      this.lost(`whoever ran it was not heard for ${goneAfterMs / 1_000} s`);
      return this.socket.terminate();
    }
    if (nowMs - this.busyMs >= idleAfterMs) {
      const why = `nothing was said for ${idleAfterMs / 3_600_000} h`;
      this.lost(why);
      return this.close(policyViolated, why);
    }
    this.socket.ping();
  }

  private alive(): void {
    this.heardMs = this.ports.clock.monotonicMs();
  }

  private take(data: RawData, isBinary: boolean): void {
    this.alive();
    // What is said behind the last word is for nobody.
    if (this.isClosing) return;
    this.busyMs = this.heardMs;
    // The library gives one piece, as it is told to by default.
    const bytes = data as Buffer;
    const problem = isBinary ? this.takeInput(bytes) : this.takeText(bytes);
    if (problem === null) return;
    const refusal = { code: 'invalid-field', detail: problem } as const;
    this.refuse(new OakringError(refusal));
    if (!this.hasStarted) return;
    this.part(refusal);
  }

  private takeInput(frame: Buffer): string | null {
    const piece = execPiece(frame);
    if (piece?.channel !== 'in') return 'A frame of bytes is of no channel that comes here.';
    const { bytes } = piece;
    // What costs no room would have no bounds.
    if (bytes.byteLength === 0) return 'A piece of input has no bytes: its end is said by eof.';
    if (!this.takesInput) return 'Input came for a command that was started without (input).';
    if (this.isInputOver) return 'Input came after its end (eof).';
    if (!this.window.came(bytes.byteLength)) return 'More input came than there was room for.';
    (this.listener ?? this.waiting).input(bytes);
    return null;
  }

  private takeText(text: Buffer): string | null {
    const parsed = parseExecAsked(text);
    return parsed.ok ? this.asked(parsed.value) : parsed.refusal.detail;
  }

  private asked(said: ExecAsked): string | null {
    switch (said.type) {
      case 'start':
        if (this.hasStarted) return 'A command was started on this connection before.';
        this.hasStarted = true;
        this.takesInput = said.input;
        this.begin(said);
        return null;
      case 'credit':
        this.credit.allow(said.bytes);
        return null;
      case 'resize':
        (this.listener ?? this.waiting).resize(said.columns, said.rows);
        return null;
      case 'eof':
        if (this.isInputOver) return 'The end of the input (eof) was said before.';
        this.isInputOver = true;
        (this.listener ?? this.waiting).inputOver();
        return null;
    }
  }

  private lost(why: string): void {
    if (this.why !== null) return;
    this.why = why;
    for (const timer of this.timers) timer.cancel();
    this.credit.end();
    this.refuse(new OakringError({ code: 'stream-broken', detail: `It ended: ${why}.` }));
    this.listener?.gone(why);
  }
}

/** What comes before the command is there for it: of input no more than its window has, and the newest size. */
class Waiting implements Omit<ExecListener, 'gone'> {
  private readonly pieces: Uint8Array[] = [];
  private isOver = false;
  private size: readonly [columns: number, rows: number] | null = null;

  input(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  inputOver(): void {
    this.isOver = true;
  }

  resize(columns: number, rows: number): void {
    this.size = [columns, rows];
  }

  tell(listener: ExecListener): void {
    if (this.size !== null) listener.resize(...this.size);
    for (const bytes of this.pieces.splice(0)) listener.input(bytes);
    if (this.isOver) listener.inputOver();
  }
}

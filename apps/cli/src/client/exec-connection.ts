import {
  execFrame,
  execPiece,
  execProtocol,
  maxExecFrameBytes,
  maxExecPieceBytes,
  parseExecTold,
  ReceiveWindow,
  SendCredit,
  type ExecAsked,
  type ExecStart,
  type ExecTold,
  type Problem,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import type { Address } from './http.js';
import { ManagerError, refusedWith, unreachable } from './manager-error.js';

/** The manager says that it is there every 15 s. */
const goneAfterMs = 45_000;
const lookEveryMs = 5_000;
const openWithinMs = 30_000;
/** Of a page that is no problem of ours no more is read. */
const maxRefusalBytes = 65_536;

/** Whoever sits before a command. */
export interface ExecSeat {
  /** What it is told; null: nothing. */
  readonly input: AsyncIterable<Uint8Array> | null;
  /** Resolves once it is taken. */
  write(channel: 'out' | 'err', bytes: Uint8Array): Promise<void>;
  onResize(listener: (size: { readonly columns: number; readonly rows: number }) => void): void;
  /** It runs. */
  started(): void;
  /** Aborts when he leaves. */
  readonly leaving: AbortSignal;
}

export type ExecEnd =
  | { readonly how: 'exited'; readonly exitCode: number }
  | { readonly how: 'refused'; readonly problem: Problem; readonly hasRun: boolean }
  /** The connection is gone: whether it ended, and how, is not known here. */
  | { readonly how: 'lost'; readonly why: string; readonly hasRun: boolean };

/**
 * Runs a command in an instance, and resolves with how it ended, once all that it said was taken, or whoever sits there
 * leaves. Throws a ManagerError where no manager takes it.
 */
export async function execOver(
  { url, token, trust }: Address,
  { id, number }: { readonly id: string; readonly number: number },
  asked: { readonly start: ExecStart; readonly seat: ExecSeat },
  ports: Pick<Ports, 'clock' | 'timers'>,
): Promise<ExecEnd> {
  const address = `${url.replace(/^http/, 'ws')}/api/v1/jobs/${encodeURIComponent(id)}/instances/${number}/exec`;
  const socket = new WebSocket(address, [execProtocol], {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...trust?.options(),
    perMessageDeflate: false,
    maxPayload: maxExecFrameBytes,
    handshakeTimeout: openWithinMs,
  });
  const connection = new ExecConnection(socket, asked.seat, ports);
  const { leaving } = asked.seat;
  // At once, and not when what was said is taken: whoever holds that up is often why somebody leaves.
  const leave = (): void => socket.terminate();
  leaving.addEventListener('abort', leave);
  if (leaving.aborted) leave();
  try {
    await opened(socket, url);
    return await connection.run(asked.start);
  } finally {
    leaving.removeEventListener('abort', leave);
  }
}

function opened(socket: WebSocket, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => reject(unreachable(url, { message: '', cause: error })));
    socket.once('unexpected-response', (request, answer) => {
      void refusalOf(answer).then((error) => {
        reject(error);
        request.destroy();
      });
    });
  });
}

async function refusalOf(answer: IncomingMessage): Promise<ManagerError> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
    if (bytes > maxRefusalBytes) break;
  }
  return refusedWith(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'));
}

/** One command's connection, from this side: `exec-socket.ts` of the manager is the other one. */
class ExecConnection {
  private readonly credit = new SendCredit();
  private readonly window = new ReceiveWindow();
  private heardMs: number;
  private hasRun = false;
  /** What was said, one piece after the other. */
  private work: Promise<void> = Promise.resolve();
  private end: (end: ExecEnd) => void = () => {};
  private readonly ended: Promise<ExecEnd>;

  constructor(
    private readonly socket: WebSocket,
    private readonly seat: ExecSeat,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
  ) {
    this.heardMs = ports.clock.monotonicMs();
    this.ended = new Promise((resolve) => (this.end = resolve));
    socket.on('ping', () => this.alive());
    socket.on('message', (data, isBinary) => this.take(data, isBinary));
    socket.on('error', (error) => this.lost(error.message));
    socket.once('close', (code, reason) =>
      this.lost(reason.byteLength > 0 ? String(reason) : `it was closed (${code})`),
    );
  }

  async run(start: ExecStart): Promise<ExecEnd> {
    const { seat, ports } = this;
    this.alive();
    const looking = ports.timers.every(lookEveryMs, () => this.look());
    let leave = (): void => {};
    const left = new Promise<void>((resolve) => {
      leave = () => {
        this.lost('you left');
        resolve();
      };
    });
    seat.leaving.addEventListener('abort', leave);
    if (seat.leaving.aborted) leave();
    this.ask(start);
    seat.onResize((size) => this.ask({ type: 'resize', ...size }));
    void this.sendInput();
    try {
      const end = await this.ended;
      await Promise.race([this.work, left]);
      return end;
    } finally {
      looking.cancel();
      seat.leaving.removeEventListener('abort', leave);
      this.credit.end();
      this.socket.terminate();
    }
  }

  private async sendInput(): Promise<void> {
    const { input } = this.seat;
    if (input === null) return;
    for await (const bytes of input) {
      for (let rest = bytes; rest.byteLength > 0;) {
        const most = await this.credit.take(Math.min(rest.byteLength, maxExecPieceBytes));
        if (most === 0) return;
        this.socket.send(execFrame('in', rest.subarray(0, most)), () => {});
        rest = rest.subarray(most);
      }
    }
    this.ask({ type: 'eof' });
  }

  private ask(asked: ExecAsked): void {
    // One that has gone is told by its end.
    this.socket.send(JSON.stringify(asked), () => {});
  }

  private take(data: RawData, isBinary: boolean): void {
    this.alive();
    // The library gives one piece, as it is told to by default.
    const bytes = data as Buffer;
    if (!isBinary) {
      const told = parseExecTold(bytes.toString('utf8'));
      if (told !== null) this.hear(told);
      return;
    }
    const piece = execPiece(bytes);
    if (piece === null || piece.channel === 'in') return;
    const { channel, bytes: said } = piece;
    if (!this.window.came(said.byteLength)) return this.lost('more was said than was asked for');
    this.work = this.work.then(async () => {
      await this.seat.write(channel, said);
      const total = this.window.took(said.byteLength);
      if (total !== null) this.ask({ type: 'credit', bytes: total });
    });
  }

  private hear(told: ExecTold): void {
    switch (told.type) {
      case 'started':
        this.hasRun = true;
        return this.seat.started();
      case 'credit':
        return this.credit.allow(told.bytes);
      case 'exit':
        return this.end({ how: 'exited', exitCode: told.exitCode });
      case 'problem':
        return this.end({ how: 'refused', problem: told.problem, hasRun: this.hasRun });
    }
  }

  private look(): void {
    if (this.ports.clock.monotonicMs() - this.heardMs < goneAfterMs) return;
    this.lost(`nothing was heard for ${goneAfterMs / 1_000} s`);
  }

  private alive(): void {
    this.heardMs = this.ports.clock.monotonicMs();
  }

  private lost(why: string): void {
    this.end({ how: 'lost', why, hasRun: this.hasRun });
  }
}

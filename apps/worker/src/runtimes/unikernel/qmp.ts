import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { isObject, type JsonObject } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';

const answerWithinMs = 5_000;
/** Between two tries to connect to a machine that is about to begin. */
const tryAgainMs = 50;

type Settle = (answer: JsonObject) => void;

/**
 * A connection to one machine's monitor (QMP, a line of JSON a message:
 * https://www.qemu.org/docs/master/interop/qmp-spec.html). There is one at a time: QEMU answers the second
 * once the first has gone.
 */
export class Qmp {
  /** In the order in which they were asked: QMP answers in that order. */
  private readonly waiting: Settle[] = [];
  private isOver = false;
  /** Once everything that it said has been heard. */
  readonly gone: Promise<void>;

  private constructor(
    private readonly socket: Socket,
    private readonly timers: Timers,
    private readonly onEvent: (event: string, data: JsonObject) => void,
  ) {
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => this.hear(line));
    // The lines repeat what goes wrong with the socket.
    lines.on('error', () => {});
    socket.on('error', () => {});
    this.gone = new Promise((resolve) => {
      lines.once('close', () => {
        this.isOver = true;
        for (const settle of this.waiting.splice(0)) settle({ error: 'the monitor is gone' });
        resolve();
      });
    });
    // Whoever closes it hears no end of the lines.
    socket.once('close', () => lines.close());
  }

  /** Tries until `signal` aborts; rejects then. */
  static async connect(
    path: string,
    timers: Timers,
    signal: AbortSignal,
    onEvent: (event: string, data: JsonObject) => void,
  ): Promise<Qmp> {
    for (;;) {
      signal.throwIfAborted();
      const socket = connect(path);
      try {
        await once(socket, 'connect', { signal });
        const qmp = new Qmp(socket, timers, onEvent);
        await qmp.ask('qmp_capabilities');
        return qmp;
      } catch (error) {
        socket.destroy();
        signal.throwIfAborted();
        if (!isNotThereYet(error)) throw error;
        await timers.sleep(tryAgainMs, signal);
      }
    }
  }

  /** Answers what is returned, or throws with what the monitor says against it. */
  async ask(command: string): Promise<unknown> {
    if (this.isOver) throw new Error(`${command}: the monitor is gone`);
    const answer = await new Promise<JsonObject>((resolve) => {
      const patience = this.timers.after(answerWithinMs, () => this.close());
      this.waiting.push((said) => {
        patience.cancel();
        resolve(said);
      });
      this.socket.write(`${JSON.stringify({ execute: command })}\n`);
    });
    if ('return' in answer) return answer['return'];
    throw new Error(`${command}: ${JSON.stringify(answer['error'])}`);
  }

  close(): void {
    this.socket.destroy();
  }

  private hear(line: string): void {
    const message = objectIn(line);
    if (message === null) return;
    const { event, data } = message;
    if (typeof event === 'string') this.onEvent(event, isObject(data) ? data : {});
    else if ('return' in message || 'error' in message) this.waiting.shift()?.(message);
  }
}

function objectIn(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** QEMU makes its socket some time after it was started. */
function isNotThereYet(error: unknown): boolean {
  return isObject(error) && ['ENOENT', 'ECONNREFUSED'].includes(String(error['code']));
}

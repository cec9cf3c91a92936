import { OakringError, problemOf, type ExecStart } from '@oakring/contracts';
import type { EventData } from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandOrigin } from '../commands/origin.js';
import type { Answers, CommandQueue } from '../commands/command.js';
import type { NodeStream } from '../streams/node-stream.js';
import type { Streams } from '../streams/node-streams.js';
import type { Projection } from '../views/projection.js';
import type { ExecSocket } from './exec-socket.js';
import type { LiveExecs } from './live-execs.js';

/** Sizes come as a window is drawn larger: each costs its worker a message and a program. */
const resizeEveryMs = 50;
/** Between two tries to have the end on record. */
const recordAgainMs = 1_000;

export interface SessionParts {
  readonly queue: CommandQueue;
  readonly streams: Streams;
  readonly projection: Projection;
  readonly live: LiveExecs;
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  /** Aborts when this manager stops. */
  readonly closing: AbortSignal;
}

/** Which instance, and who asks. */
export interface ExecOrder {
  readonly id: string;
  readonly instance: number;
  readonly origin: CommandOrigin;
}

type Ended = Omit<EventData<'ExecEnded'>, 'execId' | 'instance' | 'generation' | 'nodeId'>;

/**
 * One command in an instance, from the first word to the last:
 *
 * asked → begun (on record) → opened at its worker → running → ended (told, and on record).
 *
 * It ends with whoever runs it, with its command, with what it goes over. What is refused before it is begun leaves
 * `ExecRefused`; a manager that dies or is replaced in between leaves an open record, and so does a record that comes
 * only after its session gave up: both are closed as unknown (`exec-ends.ts`).
 */
export async function runSession(
  socket: ExecSocket,
  order: ExecOrder,
  parts: SessionParts,
): Promise<void> {
  let begun: Answers['BeginExec'] | null = null;
  let leave = (): void => {};
  try {
    const start = await socket.started;
    begun = await begin(start, order, parts);
    leave = parts.live.hold(begun.execId);
    const ended = await run(socket, start, { begun, order, parts });
    await record(begun.execId, ended, order, parts);
  } catch (error) {
    const problem = asProblem(error);
    socket.end({ type: 'problem', problem: problemOf(refusalOf(problem)) });
    if (begun === null) return;
    const ended = {
      outcome: 'broken',
      exitCode: null,
      reason: problem.message,
      bytes: null,
    } as const;
    await record(begun.execId, ended, order, parts);
  } finally {
    leave();
  }
}

async function begin(
  { command, tty }: ExecStart,
  { id, instance, origin }: ExecOrder,
  { queue }: SessionParts,
): Promise<Answers['BeginExec']> {
  const order = { type: 'BeginExec', id, instance, command, tty } as const;
  const outcome = await queue.submit<'BeginExec'>(order, origin);
  if (outcome.status === 'refused') throw new OakringError(outcome.refusal);
  return outcome.answer;
}

interface Begun {
  readonly begun: Answers['BeginExec'];
  readonly order: ExecOrder;
  readonly parts: SessionParts;
}

/** Resolves with how it ended, which whoever ran it has been told. Rejects where it could not be run. */
async function run(socket: ExecSocket, start: ExecStart, about: Begun): Promise<Ended> {
  const { execId: exec, nodeId: node, generation } = about.begun;
  const stream = opened(start, about);
  const { closing } = about.parts;
  const stop = (): void => stream.close();
  closing.addEventListener('abort', stop);
  const input = new Input(socket, stream);
  const sizes = new Sizes(stream, about.parts.ports.timers);
  let gone: string | null = null;
  try {
    // Whoever leaves early is not waited for by a worker that is slow to answer.
    const left = new Promise<void>((resolve) => {
      socket.listen({
        input: (bytes) => input.add(bytes),
        inputOver: () => input.finish(),
        resize: (columns, rows) => sizes.set(columns, rows),
        gone: (why) => {
          gone = why;
          stream.close();
          resolve();
        },
      });
    });
    await Promise.race([stream.opened, left]);
    socket.tell({ type: 'started', exec, node, generation });
    if (!start.input) input.finish();
    const outBytes = await sayAll(socket, stream);
    const bytes = { in: input.writtenBytes, out: outBytes };
    return toldEnd(socket, stream, { gone, isClosing: closing.aborted, bytes });
  } finally {
    closing.removeEventListener('abort', stop);
    sizes.stop();
    stream.close();
  }
}

function opened(
  { command, tty, columns, rows }: ExecStart,
  { begun: { nodeId, generation, technology }, order: { id, instance }, parts }: Begun,
): NodeStream {
  const node = parts.projection.state.nodes.get(nodeId);
  if (node === undefined) {
    throw new OakringError({ code: 'node-away', detail: `Node ${nodeId} was forgotten.` });
  }
  return parts.streams.open(node, {
    ...{ wants: 'exec', job: id, instance, generation, command },
    // Of a job that is known.
    technology: technology as 'process',
    ...(tty ? { tty, columns, rows } : {}),
  });
}

/** Bytes that were taken. */
async function sayAll(socket: ExecSocket, stream: NodeStream): Promise<number> {
  let bytes = 0;
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
    if (!(await socket.say(piece.channel, piece.bytes))) break;
    bytes += piece.bytes.byteLength;
  }
  return bytes;
}

interface Around {
  readonly gone: string | null;
  readonly isClosing: boolean;
  readonly bytes: NonNullable<Ended['bytes']>;
}

function toldEnd(socket: ExecSocket, stream: NodeStream, around: Around): Ended {
  const { gone, isClosing, bytes } = around;
  const { exitCode = null, problem = null } = stream.end ?? {};
  if (problem === null && exitCode !== null) {
    socket.end({ type: 'exit', exitCode });
    return { outcome: 'exited', exitCode, reason: `exit code ${exitCode}`, bytes };
  }
  if (gone !== null) return { outcome: 'left', exitCode: null, reason: gone, bytes };
  const detail = 'This manager stops, and hung up on the command.';
  const said = isClosing
    ? new OakringError({ code: 'shutting-down', detail })
    : (problem ?? new OakringError({ code: 'stream-broken', detail: 'It ended without a word.' }));
  socket.end({ type: 'problem', problem: problemOf(refusalOf(said)) });
  return { outcome: 'broken', exitCode: null, reason: said.message, bytes };
}

/** Until it is on record, by us or by whoever leads by then. */
async function record(
  execId: string,
  ended: Ended,
  { origin }: ExecOrder,
  { queue, projection, ports, closing }: SessionParts,
): Promise<void> {
  const command = { type: 'EndExec', end: { execId, ...ended } } as const;
  const own: CommandOrigin = { ...origin, cause: execId };
  while (projection.state.execs.get(execId) !== undefined) {
    try {
      await queue.submit<'EndExec'>(command, own);
      return;
    } catch {
      // Nobody decides just now. A manager that stops leaves it to the next one.
      if (closing.aborted) return;
      await ports.timers.sleep(recordAgainMs, closing);
    }
  }
}

function asProblem(error: unknown): OakringError {
  if (error instanceof OakringError) return error;
  const detail = `It broke: ${error instanceof Error ? error.message : String(error)}`;
  return new OakringError({ code: 'stream-broken', detail });
}

function refusalOf({ code, message: detail, field, value }: OakringError) {
  return {
    ...{ code, detail },
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
  };
}

/** What a command is told, one piece after the other: room for more once the worker has it. */
class Input {
  writtenBytes = 0;
  private isOver = false;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: ExecSocket,
    private readonly stream: NodeStream,
  ) {}

  add(bytes: Uint8Array): void {
    this.work = this.work.then(async () => {
      await this.stream.opened.catch(() => {});
      await this.stream.write(bytes);
      if (this.stream.end !== null) return;
      this.writtenBytes += bytes.byteLength;
      this.socket.took(bytes.byteLength);
    });
  }

  /** Its end is said once, by whoever runs it or because none is to come. */
  finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.work = this.work.then(async () => {
      await this.stream.opened.catch(() => {});
      await this.stream.write(new Uint8Array(), true);
    });
  }
}

/** Of sizes of the terminal that come in one go the newest is told. */
class Sizes {
  private next: readonly [columns: number, rows: number] | null = null;
  private resting: Timer | null = null;

  constructor(
    private readonly stream: NodeStream,
    private readonly timers: Ports['timers'],
  ) {}

  set(columns: number, rows: number): void {
    this.next = [columns, rows];
    if (this.resting === null) this.say();
  }

  stop(): void {
    this.resting?.cancel();
  }

  private say(): void {
    this.resting = null;
    if (this.next === null) return;
    this.stream.resize(...this.next);
    this.next = null;
    this.resting = this.timers.after(resizeEveryMs, () => this.say());
  }
}

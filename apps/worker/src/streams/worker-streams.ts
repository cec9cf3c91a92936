import type { HeardCall as Call, StreamSaid } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { InstanceAddress, LogsWanted, Runtime } from '../runtimes/runtime.port.js';
import type { Execs } from './exec-stream.js';
import { sayLogs } from './log-stream.js';
import { StreamFailure } from './stream-failure.js';
import { WorkerStream } from './worker-stream.js';

/** Open at once: each holds what it has credit for, and some of them a program that runs. */
const maxStreams = 64;
const lookEveryMs = 1_000;
/** A stream that has nothing to say says so this often. */
const aliveEveryMs = 5_000;
/** Whoever opened it says this often that he is there (`credit`); after so long without it he is not. */
const lostAfterMs = 20_000;

interface StreamsParts {
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  readonly runtimes: readonly Runtime[];
  readonly execs: Pick<Execs, 'run'>;
  /** Number of this start. */
  readonly incarnation: () => number;
  /** Of the leadership that was heard last. */
  readonly highestEpoch: () => number;
  readonly say: (said: StreamSaid) => void;
  readonly mostBytes: () => number;
}

/**
 * Streams that the leading manager has opened to this worker (docs/native-protocol.md, calls): beside orders
 * and reports, and in nobody's way. They end with whatever they stand on: the connection, the leadership,
 * whoever reads them, what is read.
 */
export class WorkerStreams {
  private readonly open = new Map<string, WorkerStream>();
  private timer: Timer | null = null;

  constructor(private readonly parts: StreamsParts) {}

  /** A call of the present leadership. */
  take(call: Call): void {
    const { stream: id, incarnation } = call;
    if (id === null || incarnation !== this.parts.incarnation()) return;
    const stream = this.open.get(id);
    if (call.call === 'open') return stream === undefined ? this.begin(id, call) : undefined;
    if (stream === undefined) {
      // It ended while this was on its way, or before our connection did: whoever asks is told.
      if (call.call !== 'close') {
        const detail = 'This worker does not have that stream any more.';
        this.say(id, { says: 'end', code: 'stream-broken', detail });
      }
      return;
    }
    stream.heardMs = this.parts.ports.clock.monotonicMs();
    try {
      hear(stream, call);
    } catch (error) {
      stream.ending.abort(error);
    }
  }

  /** Nobody hears us any more, or nothing is here any more. */
  endAll(reason: string): void {
    for (const stream of this.open.values()) {
      stream.ending.abort(new StreamFailure('stream-broken', reason));
    }
  }

  private begin(id: string, call: Call): void {
    const { ports, mostBytes } = this.parts;
    if (this.open.size >= maxStreams) {
      const detail = `This worker has ${maxStreams} streams open already.`;
      return this.say(id, { says: 'end', code: 'overloaded', detail });
    }
    const say = (said: Omit<StreamSaid, 'stream' | 'incarnation'>): void => {
      stream.saidMs = ports.clock.monotonicMs();
      this.say(id, said);
    };
    const nowMs = ports.clock.monotonicMs();
    const stream = new WorkerStream(id, call.epoch ?? 0, nowMs, { say, mostBytes });
    this.open.set(id, stream);
    stream.credit(call.credit ?? 0);
    this.timer ??= ports.timers.every(lookEveryMs, () => this.look());
    void this.run(stream, call).then(() => {
      this.forget(id);
      // Whatever works for it still says nothing more.
      stream.ending.abort(closed);
    });
  }

  private async run(stream: WorkerStream, call: Call): Promise<void> {
    try {
      // What does not let go when it is told to is not waited for.
      const exitCode = await Promise.race([this.work(stream, call), aborted(stream.signal)]);
      stream.end(exitCode === null ? {} : { exitCode });
    } catch (error) {
      const failure = stream.signal.aborted ? (stream.signal.reason as unknown) : error;
      // Nobody waits for a word about what he closed himself.
      if (failure === closed) return;
      const isOurs = failure instanceof StreamFailure;
      const detail = failure instanceof Error ? failure.message : String(failure);
      stream.end({ code: isOurs ? failure.code : 'stream-broken', detail: detail.slice(0, 1_000) });
    }
  }

  private async work(stream: WorkerStream, call: Call): Promise<number | null> {
    const address = addressIn(call);
    const runtime = this.parts.runtimes.find(({ technology }) => technology === call.technology);
    if (address === null || runtime === undefined) {
      const detail = `This worker runs nothing of technology ${String(call.technology)}.`;
      throw new StreamFailure('feature-missing', detail);
    }
    switch (call.wants) {
      case 'logs':
        await sayLogs(stream, runtime, address, wantedIn(call));
        return null;
      case 'exec':
        return this.parts.execs.run(stream, runtime, address, call);
      case null:
        throw new StreamFailure('feature-missing', 'This worker does not know what is wanted.');
    }
  }

  private forget(id: string): void {
    this.open.delete(id);
    if (this.open.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  private look(): void {
    const nowMs = this.parts.ports.clock.monotonicMs();
    const epoch = this.parts.highestEpoch();
    for (const stream of this.open.values()) {
      const reason = lostReason(stream, nowMs, epoch);
      if (reason !== null) stream.ending.abort(new StreamFailure('stream-broken', reason));
      else if (nowMs - stream.saidMs >= aliveEveryMs) {
        stream.saidMs = nowMs;
        this.say(stream.id, { says: 'alive' });
      }
    }
  }

  private say(stream: string, said: Omit<StreamSaid, 'stream' | 'incarnation'>): void {
    this.parts.say({ stream, incarnation: this.parts.incarnation(), ...said });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** Why a stream ends that its reader has closed. */
const closed = new StreamFailure('stream-broken', 'It was closed.');

function hear(stream: WorkerStream, call: Call): void {
  switch (call.call) {
    case 'credit':
      return stream.credit(call.credit ?? 0);
    case 'input':
      return stream.take(
        call.sequence ?? 0,
        Buffer.from(call.data ?? '', 'base64'),
        call.last === true,
      );
    case 'resize':
      return stream.resize({ columns: call.columns ?? 80, rows: call.rows ?? 24 });
    case 'close':
      return stream.ending.abort(closed);
    case 'open':
    case null:
      // The one is there already, the other is of a later release.
      return;
  }
}

function lostReason(stream: WorkerStream, nowMs: number, epoch: number): string | null {
  if (epoch > stream.epoch) return 'Another manager leads now.';
  const silentMs = nowMs - stream.heardMs;
  if (silentMs < lostAfterMs) return null;
  return `The manager that opened it was not heard for ${lostAfterMs / 1_000} s.`;
}

function addressIn({ job, instance, generation }: Call): InstanceAddress | null {
  if (job === null || instance === null || generation === null) return null;
  return { job, instance, generation };
}

function wantedIn({ agoMs, tail, follow, previous, notBefore, after }: Call): LogsWanted {
  return {
    ...{ agoMs, tail, follow: follow === true, previous: previous === true, after },
    notBefore: notBefore ?? 1,
  };
}

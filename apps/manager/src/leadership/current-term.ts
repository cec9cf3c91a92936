import { OakringError } from '@oakring/contracts';
import type {
  NodeReadings,
  RecordedReading,
  TelemetryLog,
  TelemetryLogReader,
  TruncationManifest,
} from '@oakring/telemetry';
import type { CommandQueue } from '../commands/command.js';
import type { Correspondence } from '../inbox/mqtt/worker-message.js';
import type { Streams } from '../streams/node-streams.js';
import type { Leadership } from './leadership.js';
import type { Term } from './term.js';

/** Commands of callers who can ask elsewhere: refused while we do not lead for certain. */
export function commandsOf(leadership: Leadership): CommandQueue {
  return {
    submit: (command, origin, key, stillTrue) => {
      const { current } = leadership;
      if (current?.lease.isHeld === true)
        return current.queue.submit(command, origin, key, stillTrue);
      return Promise.reject(notLeading(current));
    },
  };
}

/** Commands of workers' messages: they wait while a lease is late, nothing of theirs is dropped. */
export function workerCommandsOf(leadership: Leadership): CommandQueue {
  return {
    submit: (command, origin, key, stillTrue) =>
      leadership.current?.queue.submit(command, origin, key, stillTrue) ??
      Promise.reject(notLeading(null)),
  };
}

export function correspondenceOf(leadership: Leadership): Correspondence {
  return {
    provesAbsence: (nodeId, report) =>
      leadership.current?.correspondence.provesAbsence(nodeId, report) ?? false,
    confirms: (nodeId, requestId, hash) =>
      leadership.current?.correspondence.confirms(nodeId, requestId, hash) ?? false,
    registered: (nodeId) => leadership.current?.correspondence.registered(nodeId),
    heardAgain: (nodeId) => leadership.current?.correspondence.heardAgain(nodeId),
    progressed: (commandId) => leadership.current?.correspondence.progressed(commandId),
    readingTaken: (nodeId, incarnation, sequence) =>
      leadership.current?.correspondence.readingTaken(nodeId, incarnation, sequence),
    sighted: (nodeId, sighting) =>
      leadership.current?.correspondence.sighted(nodeId, sighting) ?? [],
    told: (nodeId, word) => leadership.current?.correspondence.told(nodeId, word) ?? [],
    streamed: (nodeId, said) => leadership.current?.streams.heard(nodeId, said),
    concluded: (nodeId) => leadership.current?.correspondence.concluded(nodeId) ?? [],
  };
}

/** Streams of workers: the leader has them. */
export function streamsOf(leadership: Leadership): Streams {
  return {
    open: (node, wanted) => {
      const { current } = leadership;
      if (current?.lease.isHeld === true) return current.streams.open(node, wanted);
      throw notLeading(current);
    },
  };
}

/** The telemetry log of whichever term there is; without one nothing is kept, and the past is `before`'s. */
export class TermTelemetryLog implements TelemetryLog {
  constructor(
    private readonly leadership: Leadership,
    private readonly before: TelemetryLogReader,
  ) {}

  get newest(): number {
    return this.log?.newest ?? 0;
  }

  append(readings: readonly RecordedReading[]): number {
    return this.log?.append(readings) ?? readings.length;
  }

  async flush(): Promise<void> {
    await this.log?.flush();
  }

  async expired(): Promise<readonly TruncationManifest[]> {
    return (await this.log?.expired()) ?? [];
  }

  async drop(segment: string): Promise<void> {
    await this.log?.drop(segment);
  }

  async read(query: NodeReadings, visit: (reading: RecordedReading) => void): Promise<void> {
    await this.readable.read(query, visit);
  }

  async floor(): Promise<number | null> {
    return this.readable.floor();
  }

  async *lines(from: number): AsyncGenerator<string> {
    yield* this.readable.lines(from);
  }

  /** The term closes it. */
  async close(): Promise<void> {}

  private get readable(): TelemetryLogReader {
    return this.log ?? this.before;
  }

  private get log(): TelemetryLog | undefined {
    return this.leadership.current?.telemetryLog;
  }
}

function notLeading(term: Term | null): OakringError {
  const detail =
    term === null
      ? 'This manager does not lead, and does not know who does.'
      : 'This manager could not renew its lease in time: another may lead by now.';
  return new OakringError({ code: 'not-leading', detail });
}

import type { WorkerState } from '@oakring/contracts';
import type { Inferred } from '../../commands/command.js';
import type { SaidKind, SaidOf, Sighting, WordOfInstance } from '../../wires/dialect.port.js';
import type { Address, Heard } from '../../wires/wires.js';

/** A message as it came, addressed and of bearable size; nothing else is checked yet. */
export interface WorkerMessage {
  readonly nodeId: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** Delivered from the broker's store: never a sign of life. */
  readonly retained: boolean;
}

/** A message and what it says. */
export interface HeardMessage<K extends SaidKind> {
  readonly message: WorkerMessage;
  readonly said: SaidOf<K>['said'];
}

/** A message that cannot be read, and why. */
export interface UnreadableMessage {
  readonly message: WorkerMessage;
  readonly heard: Extract<Heard, { ok: false }>;
}

/** A reading as it came. */
export interface ReceivedReading {
  readonly address: Address;
  readonly payload: Buffer;
}

/** What a handler is for, as `@EventPattern` of it says. */
export type Pattern = SaidKind | 'unreadable';

/** A handler for all that workers can say: without one of them it does not compile. */
export type Handlers = {
  readonly [K in Exclude<SaidKind, 'reading' | 'sighting' | 'stream'>]: (
    heard: HeardMessage<K>,
  ) => Promise<void>;
} & {
  reading(batch: readonly ReceivedReading[]): void;
  sighting(batch: readonly HeardMessage<'sighting'>[]): Promise<void>;
  stream(heard: HeardMessage<'stream'>): void;
  unreadable(unreadable: UnreadableMessage): void;
};

/** How many messages came of all that workers can say, since the start. */
export type MessageCounts = Map<SaidKind, number>;

/** What the running term knows of its own messages to workers, and must hear of their answers. */
export interface Correspondence {
  /**
   * Whether a state report is known to be younger than every order to its node, so that what it does
   * not list is not there (docs/native-protocol.md, state). Asked when the report comes in.
   */
  provesAbsence(nodeId: string, state: WorkerState): boolean;
  /** Whether a report by hash alone answers our newest request, with the hash that it asked about. */
  confirms(nodeId: string, requestId: string | null, hash: string): boolean;
  /**
   * A worker has registered, anew or again: it was heard now, and what was said to it before may not
   * have reached it.
   */
  registered(nodeId: string): void;
  /** A node that is given up on speaks: what it has must be asked for, or it never comes back. */
  heardAgain(nodeId: string): void;
  /** A worker says that it goes on with an order. */
  progressed(commandId: string): void;
  /** A reading was believed: it may be answered with a grant. */
  readingTaken(nodeId: string, incarnation: number | null, sequence: number | null): void;
  /** What follows from what a node's list shows, and from its word: to be submitted in its stead. */
  sighted(nodeId: string, sighting: Sighting): readonly Inferred[];
  told(nodeId: string, word: WordOfInstance): readonly Inferred[];
  /** A worker says something on a stream that was opened to it: beside all else. */
  streamed(nodeId: string, said: SaidOf<'stream'>['said']): void;
  /** One of those is decided, or will not be: what follows next. */
  concluded(nodeId: string): readonly Inferred[];
}

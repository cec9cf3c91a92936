import type {
  Ack,
  HistoryAccepted,
  JsonObject,
  LeaseGrant,
  Parsed,
  Registered,
  Registration,
  StateRequest,
  Reading,
  WorkerHistory,
  WorkerState,
  WorkerStatus,
} from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';

/** What a worker said, in whatever dialect. */
export type Said =
  | {
      readonly what: 'registration';
      readonly registration: Registration;
      /** In which it was said: the node's from now on. */
      readonly dialect: string;
    }
  | { readonly what: 'reading'; readonly reading: Reading }
  | { readonly what: 'status'; readonly status: WorkerStatus }
  | { readonly what: 'ack'; readonly ack: Ack }
  | { readonly what: 'state'; readonly state: WorkerState }
  | { readonly what: 'history'; readonly history: WorkerHistory };

export type SaidKind = Said['what'];
export type SaidOf<K extends SaidKind> = Extract<Said, { what: K }>;

/** What is said to a worker. A dialect that has no word for something refuses it, and nothing is sent. */
export type Order =
  | CommandToSend
  | { readonly what: 'registered'; readonly answer: Registered }
  | { readonly what: 'history-accepted'; readonly accepted: HistoryAccepted }
  | { readonly what: 'grant'; readonly grant: LeaseGrant }
  | { readonly what: 'state-wanted'; readonly request: StateRequest };

/** One attempt of a command. */
export interface CommandToSend {
  readonly what: 'command';
  readonly command: CommandRecord;
  /** What was ordered; absent where it is known no more. */
  readonly document: JsonObject | undefined;
  /** From 1. */
  readonly attempt: number;
  readonly nowMs: number;
  /** Not to be obeyed later than this after it was sent. */
  readonly validMs: number;
  readonly epoch: number;
  readonly ledger?: string;
  /** Of what is to be started, where it is known. */
  readonly digest?: string;
}

/** A message as it goes to the broker. Nothing is ever retained. */
export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
}

/** Stands in a topic for the id of the node that it is of. */
export const nodeMark = '{node}';

/** A topic on which workers speak. */
export interface UpTopic {
  /** With `{node}`, once, as a whole level. */
  readonly topic: string;
  readonly says: SaidKind;
  readonly qos: 0 | 1;
  /** The broker may keep the last message: that one is old news for who subscribes later. */
  readonly isKept?: true;
}

/** A topic that workers listen to. */
export interface DownTopic {
  readonly topic: string;
  /** Orders come here: when its last listener is gone, a worker may be. */
  readonly isForOrders?: true;
}

/**
 * How one family of workers speaks: everything that knows a topic, a payload or a status word of it.
 * `dialect.contract.ts` says what holds for each.
 *
 * From `up` and `down` follow what the manager subscribes to, what the embedded broker lets workers do,
 * and Mosquitto's rules. Two dialects may share a topic: a message is then read by its node's.
 */
export interface Dialect {
  /** As it stands in the ledger with each node: it never changes. */
  readonly name: string;
  readonly up: readonly UpTopic[];
  readonly down: readonly DownTopic[];
  /** Payloads over this are refused unread. */
  readonly mostPayloadBytes: number;
  /** Never throws: what cannot be read is refused with a code. Parts that are not usable are left out. */
  decode(topic: UpTopic, nodeId: string, payload: Uint8Array): Parsed<Said>;
  /** The start that a message that cannot be read says it is of; null: it does not say. */
  incarnationIn(payload: Uint8Array): number | null;
  /** Refused: it cannot be said to this worker, now or ever. */
  encode(nodeId: string, order: Order): Parsed<Publication>;
}

import type {
  JsonObject,
  MachineReading,
  Parsed,
  Registration,
  SaidByWorkers,
  SaidToWorkers,
} from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';

/**
 * What workers can say, by the core's word for it: that of the native messages, and two of workers that
 * neither acknowledge nor know generations. What those leave unsaid is inferred (`inference/`).
 */
interface Sayings extends Omit<SaidByWorkers, 'registration' | 'reading'> {
  readonly reading: MachineReading;
  readonly registration: {
    readonly registration: Registration;
    /** In which it was said: the node's from now on. */
    readonly dialect: string;
  };
  readonly sighting: Sighting;
  readonly word: WordOfInstance;
}

/** What one of a node's lists shows just now: all that is there, as far as this list knows. */
export interface Sighting {
  /** Which of the node's lists, where the message says so; else the same for all of them. */
  readonly list: string;
  readonly instances: readonly SeenInstance[];
  /** What is there as well and cannot be told: it may be one of the node's. */
  readonly doubtful?: readonly DoubtfulInstance[];
}

/** Null: any. */
export interface DoubtfulInstance {
  readonly name: string | null;
  readonly instance: number | null;
}

export interface SeenInstance {
  /** Of its job, as the worker was told. */
  readonly name: string;
  readonly instance: number;
  /** Listed without another status it runs. */
  readonly status: 'running' | 'starting';
  readonly usage?: InstanceUsage | null;
  /** The newest of what it wrote. */
  readonly log?: string | null;
}

/** As its worker says it: numbers of whatever unit, or nothing. */
export interface InstanceUsage {
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
}

/** What a worker says of one instance, once. */
export interface WordOfInstance {
  readonly name: string;
  readonly instance: number;
  /** `stopping`: it was asked to end. `ended`: it is gone, by itself or as ordered. */
  readonly says: 'created' | 'starting' | 'running' | 'failed' | 'ended' | 'completed' | 'stopping';
  /** The worker's own, which says little at an end. */
  readonly detail: string | null;
  readonly publicIp: string | null;
}

/** What can be said to workers, by the core's word for it. */
interface Orders extends Omit<SaidToWorkers, 'command'> {
  /** Each dialect has its own form for it. */
  readonly command: CommandToSend;
}

export type SaidKind = keyof Sayings;
export type SaidOf<K extends SaidKind> = WordOf<Sayings, K>;

/** What a worker said, in whatever dialect. */
export type Said = SaidOf<SaidKind>;

export type OrderKind = keyof Orders;
export type OrderOf<K extends OrderKind> = WordOf<Orders, K>;

/** What is said to a worker. A dialect that has no word for something refuses it, and nothing is sent. */
export type Order = OrderOf<OrderKind>;

/** One of some words, with what it says. */
type WordOf<W, K extends keyof W> = {
  readonly [E in K]: { readonly what: E; readonly said: W[E] };
}[K];

/** One attempt of a command. */
export interface CommandToSend {
  readonly command: CommandRecord;
  /** What its worker is told that it is called; absent: its id. */
  readonly toldId?: string;
  /** What was ordered; absent where it is known no more. */
  readonly document: JsonObject | undefined;
  /** What its node says it runs things with. */
  readonly runtimes?: readonly string[];
  /** From 1. */
  readonly attempt: number;
  readonly nowMs: number;
  /** Not to be obeyed later than this after it was sent. */
  readonly validMs: number;
  readonly epoch: number;
  readonly ledger?: string | undefined;
  /** Of what is to be started, where it is known. */
  readonly digest?: string | undefined;
  /** W3C `traceparent` of the request that led to it. */
  readonly trace?: string | undefined;
  /** Values of the secrets that the document names, for what is to be started. Nobody but its worker may see them. */
  readonly secrets?: Readonly<Record<string, string>>;
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
  /** Never throws: what cannot be read is refused with a code. Parts that are not usable are left out. */
  decode(nodeId: string, payload: Uint8Array): Parsed<Said>;
}

/** A topic that workers listen to. */
export interface DownTopic {
  readonly topic: string;
  /** Orders come here: when its last listener is gone, a worker may be. */
  readonly isForOrders?: true;
}

/** Stands in a topic of other programs for any name. */
export const anyMark = '{any}';

/** A topic of other programs, which a broker lets pass and we do not look at. */
export interface PassingTopic {
  readonly may: 'say' | 'hear';
  /** `node`: whoever is called as the node of the topic. */
  readonly by: 'node' | 'anybody';
  readonly topic: string;
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
  /** What programs beside its workers say to each other. */
  readonly beside?: readonly PassingTopic[];
  /** What a node's worker calls its connection; absent: anything. */
  clientOf?(nodeId: string): string;
  /** Payloads over this are refused unread. */
  readonly mostPayloadBytes: number;
  /** The start that a message that cannot be read says it is of; null: it does not say. */
  incarnationIn(payload: Uint8Array): number | null;
  /** Refused: it cannot be said to this worker, now or ever. */
  encode(nodeId: string, order: Order): Parsed<Publication>;
}

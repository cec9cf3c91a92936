import type { WorkerLinkOptions } from '../apps/worker/src/index.js';
import type { Life } from './world.js';

/** One start of an instance. */
export interface Address {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

/** What a broker keeps of a worker's connection. */
export interface LineOptions {
  /** What it publishes when the connection breaks; null: nothing. */
  readonly will: () => ReturnType<WorkerLinkOptions['will']> | null;
  /** It believes in a silent one for so long. */
  readonly keepaliveMs: number;
  /** Messages may come once more, late. */
  readonly repeats: boolean;
}

export interface LineListener {
  /** Connected and subscribed. */
  up(): void;
  down(reason: string): void;
  /** `start`: which one is ordered, where the message itself does not say. */
  message(topic: string, payload: Uint8Array, retained: boolean, start: Address | null): void;
}

/** One worker's connection to the broker. */
export interface Connection {
  readonly nodeId: string;
  readonly life: Life;
  readonly options: LineOptions;
  readonly listener: LineListener;
  isOpen: boolean;
  /** Nothing passes before this time. */
  cutUntilMs: number;
  /** Earliest time of the next delivery each way: a connection keeps its order. */
  upMs: number;
  downMs: number;
}

export interface ManagerEnd {
  readonly life: Life;
  /** Its machine, by which its line to the broker is cut. */
  readonly machine: string;
  message(topic: string, payload: Buffer, retained: boolean): void;
  up(): void;
  down(): void;
  /** The broker saw a worker's connection break. */
  gone(nodeId: string): void;
}

/** A manager's connection to the broker: there is one, as the client id is the cluster's. */
export interface ManagerLink {
  readonly end: ManagerEnd;
  isOpen: boolean;
  /** What fails when the link ends before it was done. */
  readonly pending: Set<() => void>;
}

export interface Weather {
  /** Of messages without acknowledgement, percent. */
  loss: number;
  /** Of acknowledged ones, delivered twice, percent. */
  duplicates: number;
  mostDelayMs: number;
}

/** The worker's way to its broker: over MQTT, or simulated. */
export interface WorkerLink {
  start(): void;
  /** Publishes if connected, else does nothing. What must arrive is repeated by its sender. */
  publish(topic: string, payload: object, options: { qos: 0 | 1; retain?: boolean }): void;
  /** Publishes a last message, retained, disconnects properly and ends. */
  stop(topic: string, farewell: object): Promise<void>;
}

export interface WorkerLinkOptions {
  readonly clientId: string;
  /** Topics of ours, subscribed with QoS 1 once a connection. */
  readonly subscriptions: readonly string[];
  /** Published by the broker when the connection ends without a farewell. */
  readonly will: { readonly topic: string; readonly payload: object };
}

export interface WorkerLinkListener {
  /** Connected and subscribed. */
  up(): void;
  down(reason: string): void;
  message(topic: string, payload: Uint8Array, retained: boolean): void;
}

export type LinkFactory = (options: WorkerLinkOptions, listener: WorkerLinkListener) => WorkerLink;

/** The worker's way to its broker: over MQTT, or simulated. */
export interface WorkerLink {
  /** What a message may have, as far as it is known of the broker; absent: all that a manager takes. */
  readonly mostBytes?: number;
  start(): void;
  /** Publishes if connected, else does nothing. What must arrive is repeated by its sender. */
  publish(topic: string, payload: string, options: { qos: 0 | 1; retain?: boolean }): void;
  /** Lets the connection go and makes another one, as after a failure. */
  reconnect(): void;
  /** Publishes a last message, retained, disconnects properly and ends. Null: there is none. */
  stop(farewell: Farewell | null): Promise<void>;
}

export interface Farewell {
  readonly topic: string;
  readonly payload: string;
}

export interface WorkerLinkOptions {
  readonly clientId: string;
  /** Topics of ours, subscribed with QoS 1 once a connection. */
  readonly subscriptions: readonly string[];
  /** Asked at each connection. Published by the broker when that ends without a farewell. */
  readonly will: () => Farewell;
}

export interface WorkerLinkListener {
  /** Connected and subscribed. */
  up(): void;
  down(reason: string): void;
  message(topic: string, payload: Uint8Array, retained: boolean): void;
}

export type LinkFactory = (options: WorkerLinkOptions, listener: WorkerLinkListener) => WorkerLink;

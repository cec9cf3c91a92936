/** The way down to workers: the manager's broker connection, or a simulated one. */
export interface DownLink {
  readonly connected: boolean;
  /** Monotonic: since when it has been up, as its listeners were told; null: it is down. */
  readonly upSinceMs: number | null;
  /** Resolves at the PUBACK (QoS 1); rejects when the link is down or breaks before it. */
  publish(topic: string, payload: string, options: { qos: 0 | 1 }): Promise<void>;
  /** After each SUBACK of our subscriptions. */
  onUp(listener: () => void): void;
  onDown(listener: () => void): void;
}

import { OakringError, type Refusal } from '@oakring/contracts';
import type { Order } from './dialect.port.js';
import type { Wires } from './wires.js';

/** What publishes: the manager's connection to its broker. */
export interface Publishing {
  /**
   * Resolves at the PUBACK (QoS 1), with `unheard` where that says that nobody listens; rejects when the link
   * is down or breaks before it.
   */
  publish(topic: string, payload: string, options: { qos: 0 | 1 }): Promise<'unheard' | void>;
}

/** Says things to workers, each in its own dialect. */
export class WorkerLine {
  constructor(
    private readonly publishing: Publishing,
    private readonly wires: Wires,
  ) {}

  /**
   * Resolves with null once the broker has it, with `unheard` where it says that nobody listens, or with
   * why it can never be sent as it is: there is no word for it in the node's dialect, or the broker does not
   * take so much. Rejects when the link is down, or breaks before.
   */
  async send(nodeId: string, order: Order): Promise<Refusal | 'unheard' | null> {
    const encoded = this.wires.encode(nodeId, order);
    if (!encoded.ok) return encoded.refusal;
    const { topic, payload, qos } = encoded.value;
    try {
      return (await this.publishing.publish(topic, payload, { qos })) ?? null;
    } catch (error) {
      if (error instanceof OakringError && error.code === 'message-too-large') {
        return { code: error.code, detail: error.message };
      }
      throw error;
    }
  }
}

import { maxMqttPayloadBytes } from '@oakring/contracts/native';

/** Every broker takes as much. */
const leastBytes = 4_096;

/**
 * What the broker takes in one message. MQTT 3.1.1 cannot say it: a broker ends the connection on which
 * more arrives, and one that is repeated on each connection would end them all. A link that ends soon
 * after it was up, with a message on its way that is larger than any that was confirmed, is taken to say
 * so: half of that is tried next. Too little costs more messages, and nothing else.
 */
export class MessageRoom {
  /** A message has at most so many bytes from now on. */
  mostBytes = maxMqttPayloadBytes;
  private confirmedBytes = leastBytes;
  /** The largest message of this link. */
  private largestBytes = 0;

  sent(bytes: number): void {
    this.largestBytes = Math.max(this.largestBytes, bytes);
  }

  confirmed(bytes: number): void {
    this.confirmedBytes = Math.max(this.confirmedBytes, bytes);
  }

  /** The link ended. `early`: soon after it was up. */
  ended(early: boolean): void {
    const { largestBytes, confirmedBytes } = this;
    this.largestBytes = 0;
    if (!early || largestBytes <= confirmedBytes) return;
    this.mostBytes = Math.max(confirmedBytes, Math.floor(largestBytes / 2));
  }
}

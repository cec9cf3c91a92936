/** Nodes whose status is retained, and how large one and all together may be, topics included. */
const maxTopics = 100_000;
const maxBytesOfOne = 512;
const maxBytes = 16 * 1_048_576;

/** Counts what the broker retains. */
export class RetainedRoom {
  /** Of topics and payloads. */
  bytes = 0;
  private readonly bytesOf = new Map<string, number>();

  /** Whether the message may be retained; if so it counts from now on. An empty one clears its topic. */
  grant(topic: string, payloadBytes: number): boolean {
    const before = this.bytesOf.get(topic) ?? 0;
    if (payloadBytes === 0) {
      this.bytesOf.delete(topic);
      this.bytes -= before;
      return true;
    }
    const bytes = topic.length + payloadBytes;
    const isNew = before === 0;
    if (payloadBytes > maxBytesOfOne || this.bytes - before + bytes > maxBytes) return false;
    if (isNew && this.bytesOf.size >= maxTopics) return false;
    this.bytesOf.set(topic, bytes);
    this.bytes += bytes - before;
    return true;
  }
}

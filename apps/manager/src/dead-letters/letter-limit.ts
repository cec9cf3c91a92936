/** Per sender: this many in a minute are always kept… */
const keptInFull = 20;
const windowMs = 60_000;
/** …then one in this time. */
const thenOneEveryMs = 1_000;
/** Senders that are told apart at once; the one that appeared first is forgotten first. */
const maxSenders = 10_000;

interface Sender {
  windowBeganMs: number;
  keptInWindow: number;
  lastKeptMs: number;
  suppressed: number;
}

/** Decides which refused messages are kept, so that one noisy node does not push all others out. */
export class LetterLimit {
  private readonly senders = new Map<string, Sender>();

  /** How many like it were dropped since the one before; null when this one is to be dropped. */
  admit(senderId: string, nowMs: number): number | null {
    const sender = this.senderOf(senderId, nowMs);
    if (nowMs - sender.windowBeganMs >= windowMs) {
      sender.windowBeganMs = nowMs;
      sender.keptInWindow = 0;
    }
    if (sender.keptInWindow >= keptInFull && nowMs - sender.lastKeptMs < thenOneEveryMs) {
      sender.suppressed += 1;
      return null;
    }
    sender.keptInWindow += 1;
    sender.lastKeptMs = nowMs;
    const { suppressed } = sender;
    sender.suppressed = 0;
    return suppressed;
  }

  private senderOf(id: string, nowMs: number): Sender {
    const known = this.senders.get(id);
    if (known !== undefined) return known;
    if (this.senders.size >= maxSenders) {
      const [oldest] = this.senders.keys();
      if (oldest !== undefined) this.senders.delete(oldest);
    }
    const sender = { windowBeganMs: nowMs, keptInWindow: 0, lastKeptMs: nowMs, suppressed: 0 };
    this.senders.set(id, sender);
    return sender;
  }
}

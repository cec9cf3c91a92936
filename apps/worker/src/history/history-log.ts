import type { HistoryEntry, Remembered } from '../memory/worker-store.port.js';

/** Entries kept; the oldest are dropped, and an entry says how many. */
const maxEntries = 1_000;
/** Of the room that a message has; the rest follows once it is accepted. */
const shareOfMessage = 0.9;
/** Nobody counts so far, and there must be numbers left for what comes. */
const highestAccepted = Number.MAX_SAFE_INTEGER / 2;

export interface HistoryNews {
  readonly at: string;
  readonly kind: string;
  readonly job?: string;
  readonly instance?: number;
  readonly generation?: number;
  readonly detail?: string;
}

/** What is handed in at once: entries in their order, the oldest that is left first. */
export interface HistoryMessage {
  readonly incarnation: number;
  readonly from: number;
  readonly entries: readonly HistoryEntry[];
}

/** What happened while nobody listened, until the manager has it in its ledger. */
export class HistoryLog {
  private entries: HistoryEntry[];
  private next: number;

  constructor(before: Remembered['history']) {
    this.entries = [...before.entries];
    this.next = before.next;
  }

  get size(): number {
    return this.entries.length;
  }

  add(news: HistoryNews): void {
    this.entries.push({ sequence: this.next, ...news });
    this.next += 1;
    if (this.entries.length <= maxEntries) return;
    const [first, second] = this.entries;
    const dropped = (first?.dropped ?? 1) + 1;
    const at = second?.at ?? news.at;
    const sequence = second?.sequence ?? this.next;
    const detail = `${dropped} entries found no room`;
    this.entries.splice(0, 2, { sequence, at, kind: 'dropped', dropped, detail });
  }

  /** The oldest entries, as many as find room in one message; null when there are none. */
  message(incarnation: number, mostBytes: number): HistoryMessage | null {
    const [first] = this.entries;
    if (first === undefined) return null;
    const entries: HistoryEntry[] = [];
    let bytes = 0;
    for (const entry of this.entries) {
      bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
      if (bytes > mostBytes * shareOfMessage && entries.length > 0) break;
      entries.push(entry);
    }
    return { incarnation, from: first.sequence, entries };
  }

  /** The manager has everything up to here. */
  accepted(upTo: number): void {
    if (!(upTo <= highestAccepted)) return;
    this.entries = this.entries.filter(({ sequence }) => sequence > upTo);
    this.next = Math.max(this.next, upTo + 1);
  }

  snapshot(): Remembered['history'] {
    return { next: this.next, entries: [...this.entries] };
  }
}

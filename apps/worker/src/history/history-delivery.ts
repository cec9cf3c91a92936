import type { Ports, Timer } from '@oakring/ports';
import type { KnownInstance } from '../controls/decide-control.js';
import type { Remembered, WorkerStore } from '../memory/worker-store.port.js';
import { HistoryLog, type HistoryMessage, type HistoryNews } from './history-log.js';

const repeatEveryMs = 5_000;

/** Hands in what happened while nobody listened, again and again until it is accepted. */
export class HistoryDelivery {
  private readonly log: HistoryLog;
  private repeating: Timer | null = null;

  constructor(
    private readonly store: WorkerStore,
    private readonly ports: Pick<Ports, 'timers'>,
    private readonly line: {
      say(entries: HistoryMessage): void;
      /** What a message may have. */
      mostBytes(): number;
    },
  ) {
    this.log = new HistoryLog(store.remembered.history);
  }

  add(news: HistoryNews): void {
    this.log.add(news);
  }

  addOf(kind: string, known: KnownInstance, at: string): void {
    const { job, instance, generation, reason } = known;
    const detail = reason === null ? {} : { detail: reason };
    this.log.add({ at, kind, job, instance, generation, ...detail });
  }

  /** Entries that nobody has accepted. */
  get unsent(): number {
    return this.log.size;
  }

  /** From now on somebody listens. */
  deliver(): void {
    this.stop();
    const message = this.log.message(this.store.incarnation, this.line.mostBytes());
    if (message === null) return;
    this.line.say(message);
    this.repeating = this.ports.timers.after(repeatEveryMs, () => this.deliver());
  }

  /** Nobody listens any more. */
  stop(): void {
    this.repeating?.cancel();
    this.repeating = null;
  }

  accepted(upTo: number): void {
    this.log.accepted(upTo);
    this.deliver();
  }

  snapshot(): Remembered['history'] {
    return this.log.snapshot();
  }
}

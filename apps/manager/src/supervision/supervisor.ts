import type { Ports, Timer } from '@oakring/ports';
import type { StoredEvent } from '@oakring/events';
import type { Changes } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import type { Process } from './process.js';
import { WatchedProcess, type ProcessHealth } from './watched-process.js';

/** Everything is looked at once more after this long: a look that was lost costs no more than that. */
const lookAtAllEveryMs = 30_000;
/** A stop waits this long for what is under way: a log or a broker that is away must not hold it. */
const endWithinMs = 2_000;

/**
 * Runs processes: owns who listens to the views, when each key is looked at, what is in flight, how
 * long what failed waits, and the stop.
 */
export class Supervisor {
  private readonly processes: readonly WatchedProcess<unknown>[];
  private timer: Timer | null = null;
  private timerAtMs = Number.POSITIVE_INFINITY;
  private sweep: Timer | null = null;
  private isStopped = false;
  private readonly woken = new Set<WatchedProcess<unknown>>();
  private unsubscribe: () => void = () => {};

  constructor(
    processes: readonly Process<unknown>[],
    private readonly projection: Projection,
    private readonly ports: Ports,
    warn: (line: string) => void,
  ) {
    const state = () => this.projection.state;
    this.processes = processes.map((process) => {
      const wake = () => this.workSoon(watched);
      const watched = new WatchedProcess(process, state, ports, wake, warn);
      return watched;
    });
  }

  get health(): readonly ProcessHealth[] {
    return this.processes.map(({ health }) => health);
  }

  start(): void {
    this.unsubscribe = this.projection.onProjected((events, _head, changes) =>
      this.notice(changes, events),
    );
    // One process after the other: all keys of all of them in one turn would hold up what comes in.
    let next = 0;
    this.sweep = this.ports.timers.every(lookAtAllEveryMs / this.processes.length, () => {
      this.processes[next % this.processes.length]?.lookAtAll();
      next += 1;
      this.work();
    });
    for (const process of this.processes) process.listen();
    for (const process of this.processes) process.lookAtAll();
    this.work();
  }

  /** Does what is to be done at the end, and waits a while for what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.unsubscribe();
    this.sweep?.cancel();
    this.timer?.cancel();
    const patience = new AbortController();
    const ended = Promise.all(this.processes.map((process) => process.stop()));
    await Promise.race([ended, this.ports.timers.sleep(endWithinMs, patience.signal)]);
    patience.abort();
  }

  private notice(changes: Changes, events: readonly StoredEvent[]): void {
    for (const process of this.processes) process.notice(changes, events);
    this.work();
  }

  /** What ends together, or is heard together, is looked at once; and by those alone that it woke. */
  private workSoon(process: WatchedProcess<unknown>): void {
    this.woken.add(process);
    if (this.woken.size > 1) return;
    queueMicrotask(() => {
      const woken = this.processes.filter((each) => this.woken.has(each));
      this.woken.clear();
      this.work(woken);
    });
  }

  private work(processes = this.processes): void {
    if (this.isStopped) return;
    for (const process of processes) process.work();
    this.setTimer(processes);
  }

  /** The timer covers the others already. */
  private setTimer(worked: readonly WatchedProcess<unknown>[]): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const process of worked) nextMs = Math.min(nextMs, process.nextMs);
    if (nextMs >= this.timerAtMs) return;
    this.timer?.cancel();
    this.timerAtMs = nextMs;
    const delayMs = Math.max(1, Math.ceil(nextMs - this.ports.clock.monotonicMs()));
    this.timer = this.ports.timers.after(delayMs, () => {
      this.timerAtMs = Number.POSITIVE_INFINITY;
      this.work();
    });
  }
}

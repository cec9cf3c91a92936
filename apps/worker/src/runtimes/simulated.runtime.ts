import { setMaxListeners } from 'node:events';
import {
  isObject,
  newestLines,
  simulatedLimits,
  type JsonObject,
  type Resources,
} from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import { SaidLines } from './said-lines.js';
import { execSimulated } from './simulated-exec.js';
import {
  addressKey,
  type ExecTalk,
  type ExecWanted,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type InstanceToStart,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from './runtime.port.js';

/** A long start says that it goes on. */
const progressEveryMs = 2_000;

interface Running {
  readonly resources: Resources;
  readonly ending: Timer | null;
  /** Monotonic. */
  readonly sinceMs: number;
  readonly printing: Timer | null;
  /** Aborts with it. */
  readonly gone: AbortController;
}

/** What a job's `simulate` says of its instances; all of it may be left out. */
interface Script {
  /** How long a start takes, instead of the worker's own setting. */
  readonly startMs: number | null;
  readonly failStart: boolean;
  /** It ends by itself after this long. */
  readonly runMs: number | null;
  readonly exit: InstanceExit['status'];
  /** It prints a line this often. */
  readonly printEveryMs: number | null;
}

/** What a job's `simulate.health` says: how long after its start an instance begins and ceases to be well. */
interface HealthScript {
  readonly afterMs: number;
  readonly untilMs: number | null;
}

/** Runs nothing and says so: for demonstrations and load tests. Its instances end with the worker. */
export class SimulatedRuntime implements Runtime {
  readonly technology = 'simulated';
  readonly outlives = false;
  readonly enforcesStop = true;
  /** It runs nothing: whatever is said of how. */
  readonly features = ['args', 'health', 'working-directory'];
  readonly execFeatures = ['exec', 'exec-tty'];
  private readonly running = new Map<string, Running>();
  private readonly said: SaidLines;
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  constructor(
    private readonly startDelayMs: number,
    private readonly ports: Pick<Ports, 'clock' | 'timers'>,
  ) {
    this.said = new SaidLines(ports.clock);
  }

  async existing(): Promise<readonly FoundInstance[]> {
    return [];
  }

  async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    const script = scriptOf(instance.description);
    const delayMs = script.startMs ?? this.startDelayMs;
    for (let leftMs = delayMs; leftMs > 0 && !signal.aborted; leftMs -= progressEveryMs) {
      if (leftMs < delayMs) progress(`${leftMs} ms to go`);
      await this.ports.timers.sleep(Math.min(leftMs, progressEveryMs), signal);
    }
    if (signal.aborted) throw new Error('the start was cancelled');
    if (script.failStart) throw new Error('it was told to fail');
    const { job, instance: number, generation, resources } = instance;
    const address = { job, instance: number, generation };
    const { runMs, exit, printEveryMs } = script;
    const { timers } = this.ports;
    const sinceMs = this.ports.clock.monotonicMs();
    this.said.begin(address);
    const ending = runMs === null ? null : timers.after(runMs, () => this.end(address, exit));
    let count = 0;
    const printing =
      printEveryMs === null
        ? null
        : timers.every(printEveryMs, () => this.said.say(address, `line ${(count += 1)}`));
    this.forget(address);
    const gone = new AbortController();
    // One for each command that runs in it.
    setMaxListeners(0, gone.signal);
    this.running.set(addressKey(address), { resources, ending, printing, sinceMs, gone });
  }

  /** False when it does not run. */
  private forget(address: InstanceAddress): boolean {
    const entry = this.running.get(addressKey(address));
    entry?.ending?.cancel();
    entry?.printing?.cancel();
    entry?.gone.abort();
    return this.running.delete(addressKey(address));
  }

  private end(address: InstanceAddress, status: InstanceExit['status']): void {
    if (!this.forget(address)) return;
    this.said.end(address, `told to have ${status}`);
    const lastLines = status === 'failed' ? newestLines(this.said.newest(address)) : [];
    this.exitListener(address, { status, reason: `told to have ${status}`, lastLines });
  }

  async stop(address: InstanceAddress): Promise<void> {
    if (this.forget(address)) this.said.end(address, 'stopped');
  }

  logs(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncIterable<readonly PrintedLine[]> {
    return this.said.lines(address, wanted, signal);
  }

  /** Nothing is asked, whatever the probe: its job says how it does. */
  async check({ description, ...address }: InstanceToCheck): Promise<string | null> {
    const running = this.running.get(addressKey(address));
    if (running === undefined) throw new Error('it does not run');
    const { afterMs, untilMs } = healthScriptOf(description ?? {});
    const ageMs = this.ports.clock.monotonicMs() - running.sinceMs;
    if (ageMs < afterMs) return `told to be well after ${afterMs} ms`;
    return untilMs !== null && ageMs >= untilMs ? `told to be well for ${untilMs} ms` : null;
  }

  /** Nothing is run: what it says is worked out (`simulated-exec.ts`). */
  async exec(address: InstanceToCheck, wanted: ExecWanted, talk: ExecTalk): Promise<number> {
    const running = this.running.get(addressKey(address));
    if (running === undefined) throw new Error('it does not run');
    const { signal: gone } = running.gone;
    const killed = new Promise<number>((resolve) =>
      gone.addEventListener('abort', () => resolve(137)),
    );
    return Promise.race([execSimulated(wanted, talk), killed]);
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  /** What runs now, by `<job>/<instance>/<generation>`: for whoever judges a simulation. */
  get runningKeys(): Iterable<string> {
    return this.running.keys();
  }

  async measure(): Promise<void> {
    // There is nothing to look at.
  }

  /** Half of what is reserved: enough to be seen on a chart. */
  usageOf(address: InstanceAddress): Resources | null {
    const reserved = this.running.get(addressKey(address))?.resources;
    if (reserved === undefined) return null;
    return { cpuMillis: reserved.cpuMillis / 2, memoryMiB: reserved.memoryMiB / 2 };
  }

  async close(): Promise<void> {
    for (const { ending, printing, gone } of this.running.values()) {
      ending?.cancel();
      printing?.cancel();
      gone.abort();
    }
    this.running.clear();
  }
}

function scriptOf({ simulate }: JsonObject): Script {
  const script = isObject(simulate) ? simulate : {};
  return {
    startMs: millisecondsOf(script['startMs']),
    failStart: script['failStart'] === true,
    runMs: millisecondsOf(script['runMs']),
    printEveryMs: atLeast(
      simulatedLimits.leastPrintEveryMs,
      millisecondsOf(script['printEveryMs']),
    ),
    exit: script['exit'] === 'completed' ? 'completed' : 'failed',
  };
}

function healthScriptOf({ simulate }: JsonObject): HealthScript {
  const script = isObject(simulate) && isObject(simulate['health']) ? simulate['health'] : {};
  return {
    afterMs: millisecondsOf(script['healthyAfterMs']) ?? 0,
    untilMs: millisecondsOf(script['unhealthyAfterMs']),
  };
}

function millisecondsOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= simulatedLimits.longestMs
    ? value
    : null;
}

function atLeast(least: number, value: number | null): number | null {
  return value === null ? null : Math.max(least, value);
}

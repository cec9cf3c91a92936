import type { Resources } from '@oakring/contracts';
import {
  addressKey,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToStart,
  type PrintedLine,
  type Runtime,
} from '../runtime.port.js';

interface Stop {
  readonly key: string;
  readonly graceMs: number | undefined;
  succeed(): void;
  fail(reason: string): void;
}

interface Start {
  readonly instance: InstanceToStart;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
  readonly succeed: () => void;
  readonly fail: (reason: string | Error) => void;
}

/** A runtime that does what a test says, when it says so. */
export class ManualRuntime implements Runtime {
  readonly technology = 'simulated';
  readonly outlives = false;
  readonly enforcesStop = true;
  features: readonly string[] = [];
  readonly starts: Start[] = [];
  readonly stops: Stop[] = [];
  found: readonly FoundInstance[] = [];
  /** What each instance printed. */
  printed: readonly string[] = [];
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  async existing(): Promise<readonly FoundInstance[]> {
    return this.found;
  }

  start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    return new Promise((succeed, reject) => {
      const fail = (reason: string | Error): void =>
        reject(typeof reason === 'string' ? new Error(reason) : reason);
      this.starts.push({ instance, signal, progress, succeed, fail });
    });
  }

  stop(address: InstanceAddress, graceMs?: number): Promise<void> {
    return new Promise((succeed, reject) => {
      const fail = (reason: string): void => reject(new Error(reason));
      this.stops.push({ key: addressKey(address), graceMs, succeed, fail });
    });
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  exit(address: InstanceAddress, exit: InstanceExit): void {
    this.exitListener(address, exit);
  }

  async measure(): Promise<void> {}

  usageOf(): Resources | null {
    return null;
  }

  async *logs(): AsyncGenerator<readonly PrintedLine[]> {
    yield this.printed.map((text) => ({
      generation: 1,
      atMs: null,
      text,
      isOpen: false,
      mark: '',
    }));
  }

  async close(): Promise<void> {}
}

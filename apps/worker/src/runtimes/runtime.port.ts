import type { JsonObject, Resources } from '@oakring/contracts';

export interface InstanceAddress {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

export interface InstanceToStart extends InstanceAddress {
  /** The job as the root sent it. */
  readonly description: JsonObject;
  readonly resources: Resources;
}

export interface InstanceExit {
  readonly status: 'completed' | 'failed';
  readonly reason: string;
}

/** Runs instances of one technology. */
export interface Runtime {
  readonly technology: 'simulated' | 'process' | 'docker';
  /** What survived from an earlier start of the worker and still runs. */
  existing(): Promise<readonly InstanceAddress[]>;
  /**
   * Resolves once the instance runs; rejects with a reason for a person. `progress` is called during
   * long work (an image pull). Aborting leaves nothing behind.
   */
  start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void>;
  /** Resolves once the instance is gone; one that is not there is gone already. */
  stop(address: InstanceAddress): Promise<void>;
  /** Calls back when a started instance ends by itself, never after `stop`. */
  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void;
  /** What its instances use, as far as the runtime knows; null leaves it to the machine's figures. */
  used(): Resources | null;
  /** Lets go: instances that live in the worker's process end with it, others go on. */
  close(): Promise<void>;
}

export function addressKey({ job, instance, generation }: InstanceAddress): string {
  return `${job}/${instance}/${generation}`;
}

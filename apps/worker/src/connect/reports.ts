import { maxMqttPayloadBytes, type Resources } from '@oakring/contracts';
import { machineCapacity, type WorkerOptions } from '../config/worker-options.js';
import type { KnownInstance } from '../controls/decide-control.js';
import { percent } from './usage.js';

/** What a worker says of itself, as the payloads of its messages (design §6). Pure. */

export function registrationOf(
  options: WorkerOptions,
  incarnation: number,
  token: string | null,
): object {
  const { id, name, ip, port, labels, runtimes, architecture } = options;
  return {
    id,
    name,
    ip,
    port,
    incarnation,
    capacity: capacityOf(options),
    labels,
    technologies: runtimes,
    ...(architecture === undefined ? {} : { architecture }),
    acknowledges: true,
    ...(token === null ? {} : { token }),
  };
}

/** What stands in a registration: what was given, else the machine's own. */
export function capacityOf({ capacity }: WorkerOptions): Resources {
  return capacity ?? machineCapacity();
}

/** Complete. Reasons are left out where they would make it larger than the manager takes. */
export function stateOf(
  incarnation: number,
  requestId: unknown,
  known: readonly KnownInstance[],
): object {
  const head = { incarnation, ...(requestId === undefined ? {} : { requestId }) };
  const instances = known.map(({ job, instance, generation, status }) => ({
    job,
    instance,
    generation,
    status,
  }));
  const explained = known.map(({ reason }, index) => ({
    ...instances[index],
    ...(reason === null ? {} : { reason }),
  }));
  const state = { ...head, instances: explained };
  return fits(state) ? state : { ...head, instances };
}

export interface ReadingFacts {
  readonly incarnation: number;
  readonly sequence: number;
  /** Percent of the node. */
  readonly cpu: number;
  readonly memory: number;
  readonly running: readonly KnownInstance[];
  usageOf(instance: KnownInstance): Resources | null;
  /** What one hundred percent are. */
  readonly whole: Resources;
}

/**
 * A reading. The list of instances is there only if the use of each is known and it finds room: with
 * a partial one the manager would take our own load for somebody else's.
 */
export function readingOf({ running, usageOf, whole, ...reading }: ReadingFacts): object {
  const instances = running.map((known) => {
    const used = usageOf(known);
    return used === null
      ? null
      : {
          job: known.job,
          instance: known.instance,
          generation: known.generation,
          cpu: percent(used.cpuMillis, whole.cpuMillis),
          memory: percent(used.memoryMiB, whole.memoryMiB),
        };
  });
  const complete = { ...reading, instances };
  return instances.includes(null) || !fits(complete) ? reading : complete;
}

function fits(payload: object): boolean {
  return Buffer.byteLength(JSON.stringify(payload)) <= maxMqttPayloadBytes;
}

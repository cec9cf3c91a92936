import { parseRequirement } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { ownVariables, StartFailure } from '../runtimes/runtime.port.js';
import type { Leases } from '../lease/leases.js';
import type { Instance } from './instance.js';

/** At most one `progress` in this time, however much the runtime has to say. */
const progressEveryMs = 2_000;

interface Beginning {
  /** Id of this worker's node. */
  readonly node: string;
  readonly ports: Pick<Ports, 'clock' | 'timers'>;
  readonly leases: Leases;
  /** It waits for a grant: a reading should go out now. */
  readonly needsGrant: () => void;
  /** It has one, and is about to be started. */
  readonly granted: () => void;
  readonly say: (progress: string) => void;
}

/**
 * Starts an instance on its runtime, once there is a grant if it lives on grants. Rejects with a
 * reason for a person; resolves early, without a start, when it is cancelled while it waits.
 */
export async function beginInstance(instance: Instance, beginning: Beginning): Promise<void> {
  const { description, leaseMs, cancel, job, instance: number, generation } = instance;
  const requirement = parseRequirement(description ?? {});
  if (!requirement.ok || description === null) {
    throw new StartFailure('its description is not usable', 'job');
  }
  if (leaseMs !== null) await untilGranted(leaseMs, cancel.signal, beginning);
  if (cancel.signal.aborted) return;
  const { resources } = requirement.value;
  const { clock } = beginning.ports;
  let saidMs = clock.monotonicMs();
  const order = {
    job,
    instance: number,
    generation,
    description,
    resources,
    own: ownVariables(instance, beginning.node),
    secrets: instance.secrets,
    ledger: instance.ledger,
    digest: instance.digest,
    ...(leaseMs === null ? {} : { validForMs: leftOf(leaseMs, beginning) }),
  };
  await instance.runtime.start(order, cancel.signal, (what) => {
    const nowMs = clock.monotonicMs();
    if (cancel.signal.aborted || nowMs - saidMs < progressEveryMs) return;
    saidMs = nowMs;
    beginning.say(what);
  });
}

function leftOf(leaseMs: number, { leases, ports }: Beginning): number {
  const nowMs = ports.clock.monotonicMs();
  return Math.max(0, (leases.validUntilMs(leaseMs) ?? nowMs) - nowMs);
}

async function untilGranted(
  leaseMs: number,
  signal: AbortSignal,
  { ports, leases, needsGrant, granted, say }: Beginning,
): Promise<void> {
  const saying = ports.timers.every(progressEveryMs, () => say('waiting for a grant'));
  needsGrant();
  await leases.untilGranted(leaseMs, signal);
  saying.cancel();
  if (!signal.aborted) granted();
}

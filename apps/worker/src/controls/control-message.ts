import type { Control } from '@oakring/contracts';
import type { InstanceAddress } from '../runtimes/runtime.port.js';
import type { Identity } from './decide-control.js';

/** What is ordered: a name and generation of another ledger, or another digest, is another instance. */
export function identityOf({ ledger, digest }: Control): Identity {
  return { ledger: ledger ?? null, digest: digest ?? null };
}

/** The instance that an order is about. */
export function addressOf({ job, instance, generation }: Control): InstanceAddress {
  return { job: job.id, instance, generation };
}

import type { Instances } from '../controls/instances.js';
import type { Registering } from './registering.js';
import type { WorkerLink } from './worker-link.js';

interface Superseded {
  readonly registering: Registering;
  readonly instances: Instances;
  readonly link: WorkerLink;
  readonly fallSilent: () => void;
  readonly farewell: () => void;
  readonly keep: () => Promise<void>;
}

/**
 * Another start is this node now, on a machine that runs the same: whatever runs here runs twice.
 * All of it is stopped (containers too) and forgotten; the next start on this folder yields to it.
 */
export async function endSuperseded(ours: Superseded): Promise<void> {
  ours.registering.linkLost();
  ours.fallSilent();
  ours.registering.keepYields(true);
  await ours.instances.abandon();
  // Not retained: what the topic keeps is the other one's.
  ours.farewell();
  await ours.link.stop(null);
  await ours.keep();
}

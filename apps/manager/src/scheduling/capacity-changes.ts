import type { StoredEvent } from '@oakring/events';

/** What a commit means for placement. */
export interface Attention {
  /** Jobs that may have new pending instances. */
  readonly pendingIn: readonly string[];
  /** Any job may have. */
  readonly anyPending: boolean;
  /** A node appeared, came back or got room: what did not fit may fit now. */
  readonly capacityFreed: boolean;
}

export function needsAttention(events: readonly StoredEvent[]): Attention {
  const pendingIn: string[] = [];
  let anyPending = false;
  let capacityFreed = false;
  for (const event of events) {
    switch (event.type) {
      case 'JobSubmitted':
      case 'JobScaled':
      case 'JobUpdated':
      case 'InstanceRetried':
        pendingIn.push(event.stream.slice('jobs/'.length));
        break;
      case 'InstanceLost':
      case 'InstanceWithdrawn':
        pendingIn.push(event.stream.slice('jobs/'.length));
        capacityFreed = true;
        break;
      case 'InstanceReported':
        pendingIn.push(event.stream.slice('jobs/'.length));
        capacityFreed = true;
        break;
      case 'NodeForgotten':
        anyPending = true;
        capacityFreed = true;
        break;
      case 'NodeUncordoned':
      case 'NodeReleased':
      case 'NodeRegistered':
      case 'NodeBecameReady':
      case 'CommandSucceeded':
      case 'CommandFailed':
      case 'JobEnded':
        capacityFreed = true;
        break;
      default:
        break;
    }
  }
  return { pendingIn, anyPending, capacityFreed };
}

import type { StoredEvent } from '@oakring/events';

/** Which jobs a commit may have given pending instances. */
export interface Attention {
  readonly pendingIn: readonly string[];
  /** Any job may have. */
  readonly anyPending: boolean;
}

export function needsAttention(events: readonly StoredEvent[]): Attention {
  const pendingIn: string[] = [];
  let anyPending = false;
  for (const event of events) {
    switch (event.type) {
      case 'JobSubmitted':
      case 'JobScaled':
      case 'JobUpdated':
      case 'InstanceRetried':
      case 'InstanceLost':
      case 'InstanceWithdrawn':
      case 'InstanceReported':
        pendingIn.push(event.stream.slice('jobs/'.length));
        break;
      case 'NodeForgotten':
        anyPending = true;
        break;
      default:
        break;
    }
  }
  return { pendingIn, anyPending };
}

import type { UpTopicKind, WorkerState } from '@oakring/contracts';

/** A message as it came, addressed and of bearable size; nothing else is checked yet. */
export interface WorkerMessage {
  readonly nodeId: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** Delivered from the broker's store: never a sign of life. */
  readonly retained: boolean;
}

/** A reading as it came. */
export interface ReceivedReading {
  readonly nodeId: string;
  readonly payload: Buffer;
}

/** Pattern of a kind of message, for `@EventPattern`. */
export function patternOf<K extends UpTopicKind>(kind: K): `nodes/+/${K}` {
  return `nodes/+/${kind}`;
}

/**
 * Whether a state report is known to be younger than every order to its node, so that what it does
 * not list is not there (design §5). Asked when the report comes in.
 */
export type StateProof = (nodeId: string, state: WorkerState) => boolean;

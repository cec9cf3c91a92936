import type { ErrorCode, Refusal } from '@oakring/contracts';
import type { DecisionBasis, DomainEvent, StoredEvent } from '@oakring/events';
import { type ClusterState, evolve } from '@oakring/model';

/**
 * What a decider works on: the state after every decision before it, the time and position of the
 * commit, and where its events go. Pure: no clock, no ids but addresses in the log, no await.
 */
export class Deciding {
  readonly events: StoredEvent[] = [];
  /** About how many bytes the events take in the log. */
  bytes = 0;

  constructor(
    readonly state: ClusterState,
    /** Position of the commit that will hold the events. */
    readonly position: number,
    /** Commit time, milliseconds since 1970. */
    readonly at: number,
  ) {}

  /** `<position>-<index>` of the event stated next: the id of a decision or command. */
  nextAddress(): string {
    return `${this.position}-${this.events.length}`;
  }

  /** States a fact and folds it, so that the next fact is decided on it. */
  emit(event: DomainEvent): void {
    // The version within its stream is given when the commit is sealed; no fold looks at it.
    const stored = {
      ...event,
      position: this.position,
      index: this.events.length,
      version: 0,
      at: this.at,
    } as StoredEvent;
    this.events.push(stored);
    this.bytes += bytesOf(event);
    evolve(this.state, stored);
  }
}

const usualEventBytes = 300;
const placementBytes = 250;

/** An estimate that is cheap for the frequent events and close for the large ones. */
function bytesOf(event: DomainEvent): number {
  switch (event.type) {
    case 'JobSubmitted':
      return usualEventBytes + jsonBytes(event.data.document);
    case 'NodeRegistered':
    case 'JobUpdated':
    case 'WorkerHistoryRecorded':
    case 'NodeRegistrationRefused':
    case 'DriftDetected':
    case 'InstanceGivenUp':
    case 'InstanceReported':
    case 'CommandFailed':
    case 'PlacementRefused':
      return usualEventBytes + jsonBytes(event.data);
    case 'InstancesPlaced': {
      const { placements, basis } = event.data;
      return usualEventBytes + placementBytes * placements.length + readBytes(basis);
    }
    case 'MoveStarted':
      return usualEventBytes + placementBytes + readBytes(event.data.basis);
    default:
      return usualEventBytes;
  }
}

const readEntryBytes = 60;

function readBytes(basis: Pick<DecisionBasis, 'reads'> | null): number {
  if (basis?.reads === undefined) return 0;
  const { foreign, taken, present } = basis.reads;
  const entries = [foreign, taken, present].reduce(
    (sum, each) => sum + Object.keys(each).length,
    0,
  );
  return readEntryBytes * entries;
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

export type Decided<A> = { readonly answer: A } | { readonly refusal: Refusal };

export function refuse(
  code: ErrorCode,
  detail: string,
  field?: string,
  value?: unknown,
): { refusal: Refusal } {
  return {
    refusal: {
      code,
      detail,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
    },
  };
}

export function jobStream(id: string): string {
  return `jobs/${id}`;
}

export function nodeStream(id: string): string {
  return `nodes/${id}`;
}

import type { EventData } from '@oakring/events';
import type { EventLine } from '../../../client/documents.js';
import { printable } from '@oakring/narration';

/** One leadership, as far as the range shows it. */
export interface ReportedEpoch {
  readonly epoch: number;
  readonly host: string;
  readonly pid: number;
  readonly software: string;
  /** Address of the event that opened it. */
  readonly address: string;
  readonly at: string;
  /** The last that it wrote here. */
  lastPosition: number;
  lastAt: string;
  /** Its last commit is a checkpoint: it was asked to stop, and did so in order. */
  endsWithCheckpoint: boolean;
  /** Another epoch was opened after it; null: it leads on, or the range ends before. */
  next: number | null;
}

/** Who led, in order, and how each ended; of a long range the first and how many more. */
export class Epochs {
  readonly list: ReportedEpoch[] = [];
  more = 0;
  private current: ReportedEpoch | null = null;
  private lastAdded: ReportedEpoch | null = null;

  constructor(private readonly maxEpochs: number) {}

  /** Every event, also those before the range: who leads at its beginning opened the epoch before it. */
  take(event: EventLine, isInRange: boolean): void {
    if (event.type === 'EpochOpened') this.open(event);
    const { current } = this;
    if (current === null) return;
    if (event.position !== current.lastPosition) current.endsWithCheckpoint = false;
    current.lastPosition = event.position;
    current.lastAt = event.at;
    if (event.type === 'CheckpointSigned') current.endsWithCheckpoint = true;
    if (isInRange && this.lastAdded !== current) this.add(current);
  }

  private open(event: EventLine): void {
    // The manager wrote it by the same catalogue; what it says is made fit for one line.
    const data = printable(event.data) as EventData<'EpochOpened'>;
    const { epoch, host, pid, software } = data;
    if (this.current !== null) this.current.next = epoch;
    this.current = {
      ...{ epoch, host, pid, software },
      ...{ address: `${event.position}/${event.index}`, at: event.at },
      ...{ lastPosition: event.position, lastAt: event.at },
      ...{ endsWithCheckpoint: false, next: null },
    };
  }

  private add(epoch: ReportedEpoch): void {
    this.lastAdded = epoch;
    if (this.list.length < this.maxEpochs) this.list.push(epoch);
    else this.more += 1;
  }
}

/** How an epoch ended, as far as the ledger shows it. */
export function endOf({ lastPosition, lastAt, endsWithCheckpoint, next }: ReportedEpoch): string {
  const last = `its last commit here is ${lastPosition}, at ${lastAt}`;
  if (next === null) return `leads to the end of this report: ${last}`;
  const how = endsWithCheckpoint
    ? 'a checkpoint, as a manager leaves that stops in order'
    : 'and no checkpoint: it was cut short or deposed';
  return `followed by epoch ${next}: ${last}, ${how}`;
}

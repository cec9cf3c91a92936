import type { JsonObject } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import { type ClusterState, foldVersion } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import type { SnapshotStore } from './snapshot-store.js';

/** A moment of the past is replayed from at most about this many events before it: 0.1 s. */
export const snapshotEveryEvents = 20_000;
/** Records written at a stretch, about a millisecond. */
const recordsPerSlice = 500;

/** Keeps the present now and then, for those who ask about it when it is past. */
export class SnapshotKeeper {
  private events = 0;
  private saving: Promise<void> | null = null;
  private unsubscribe: () => void = () => {};

  constructor(
    private readonly store: SnapshotStore,
    private readonly projection: Projection,
    private readonly ports: Ports,
    private readonly warn: (line: string) => void,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onProjected((events) => {
      this.events += events.length;
      if (this.events >= snapshotEveryEvents && this.saving === null) this.save();
    });
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    await this.saving;
  }

  private save(): void {
    this.events = 0;
    const { head } = this.projection.state;
    this.saving = this.store
      .save(head, foldVersion, linesOf(this.projection.state, this.ports))
      .catch((error: unknown) => this.warn(`A snapshot could not be saved: ${String(error)}`))
      .finally(() => {
        this.saving = null;
      });
  }
}

/**
 * The records of a state as they are at this moment: they are never changed, only replaced, so a
 * list of them is enough to hold on to it. Written in slices, with others working in between.
 */
export function linesOf(state: ClusterState, ports: Ports): AsyncIterable<string> {
  const records: [view: string, key: string, record: JsonObject][] = [];
  for (const table of state.tables) {
    // Records are plain JSON by construction (records.ts).
    for (const [key, record] of table.entries()) {
      records.push([table.name, key, record as JsonObject]);
    }
  }
  return inSlices(records, ports);
}

async function* inSlices(
  records: readonly [string, string, JsonObject][],
  { timers }: Ports,
): AsyncGenerator<string> {
  for (let from = 0; from < records.length; from += recordsPerSlice) {
    let text = '';
    for (const record of records.slice(from, from + recordsPerSlice)) {
      text += `${JSON.stringify(record)}\n`;
    }
    yield text;
    await new Promise<void>((resolve) => timers.soon(resolve));
  }
}

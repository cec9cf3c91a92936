import { takeChanges, ClusterState } from '@oakring/model';
import type { StoredEvent } from '@oakring/events';
import { writtenLines } from '../../../libs/log/testing/index.js';
import { eventLines } from '../../../apps/manager/src/journal/event-lines.js';

/** What the leader writes in its log about these events. */
export function linesOfEvents(events: readonly Pick<StoredEvent, 'stream' | 'type' | 'data'>[]) {
  return writtenLines((log) => {
    const state = new ClusterState(true);
    const told = eventLines(
      log.of('Events'),
      () => state,
      () => true,
    );
    const head = { position: 9, epoch: 2, hash: '', at: 0 };
    told(events as StoredEvent[], head as never, takeChanges(state));
  });
}

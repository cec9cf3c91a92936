import { emptyHead, damageAt, logDamaged, type LogHead } from '@oakring/events';
import { type CheckpointStore, type EventLogReader } from '@oakring/stores';
import { saveCheckpoint } from '../views/checkpointer.js';
import {
  ClusterState,
  foldVersion,
  replay,
  stateFromCheckpoint,
  type Replayed,
} from '@oakring/model';

/** Commits read at a time while replaying. */
const pageCommits = 1_000;
/** A long rebuild that is interrupted goes on from about here. */
const saveEveryEvents = 100_000;

export interface Recovered {
  readonly state: ClusterState;
  /** How much of the log was read; the rest came from the checkpoint. */
  readonly replayedCommits: number;
  readonly replayedEvents: number;
}

/**
 * The views as the log has them: from the newest checkpoint that the log confirms, and the tail,
 * whose chain is verified. Throws `log-damaged` at the first break and changes nothing.
 */
export async function recover(
  log: EventLogReader,
  checkpoints: CheckpointStore,
  /** Where the log is, for messages. */
  place: string,
): Promise<Recovered> {
  const state = (await confirmedCheckpoint(log, checkpoints)) ?? new ClusterState(true);
  let replayed: Replayed = { commits: 0, events: 0 };
  let savedEvents = 0;
  do {
    const before = replayed;
    const { commits, events } = await replay(log, state, {
      place,
      pageCommits,
      pageDone: async (sofar) => {
        if (before.events + sofar.events - savedEvents < saveEveryEvents) return;
        await saveCheckpoint(checkpoints, state);
        savedEvents = before.events + sofar.events;
      },
    });
    replayed = { commits: before.commits + commits, events: before.events + events };
  } while (!(await endsAt(log, state.head, place)));
  return { state, replayedCommits: replayed.commits, replayedEvents: replayed.events };
}

async function confirmedCheckpoint(
  log: EventLogReader,
  checkpoints: CheckpointStore,
): Promise<ClusterState | null> {
  const checkpoint = await checkpoints.load();
  if (checkpoint === null) return null;
  const confirmed =
    checkpoint.foldVersion === foldVersion && (await holdsCommit(log, checkpoint.head));
  if (confirmed) return stateFromCheckpoint(checkpoint);
  await checkpoints.clear();
  return null;
}

async function holdsCommit(log: EventLogReader, head: LogHead): Promise<boolean> {
  if (head.position === emptyHead.position) return true;
  const [commit] = await log.read({ from: head.position, limit: 1 });
  return commit?.hash === head.hash;
}

/**
 * Whether the log ends where its commits do. False: a leader elsewhere appended meanwhile, there is
 * more to read. Throws `log-damaged` when there is a head and no commit before it.
 */
async function endsAt(log: EventLogReader, reached: LogHead, place: string): Promise<boolean> {
  const head = await log.head();
  if (head.position === reached.position && head.hash === reached.hash) return true;
  const more = await log.read({ from: reached.position + 1, limit: 1 });
  if (more.length > 0) return false;
  const detail = `the log ends at position ${head.position}, its commits at ${reached.position}`;
  throw logDamaged(place, damageAt(reached.position, 'C5', detail));
}

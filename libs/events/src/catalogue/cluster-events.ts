import { Type } from 'typebox';
import { id, natural, text } from './shapes.js';

/** Stream `cluster`. */
export const clusterEvents = {
  ClusterFounded: Type.Object({ clusterId: id, name: text, location: text }),
  EpochOpened: Type.Object({
    epoch: natural,
    software: text,
    host: text,
    pid: natural,
    /** Where the leader takes commands, and the key that it signs with; null: not known then. */
    url: Type.Union([text, Type.Null()]),
    signingKey: Type.Union([text, Type.Null()]),
  }),
  /** A request with an Idempotency-Key changed nothing; its answer is kept all the same. */
  RequestAnswered: Type.Object({ request: text }),
  /** A request was refused before it concerned any job or node. */
  RequestRefused: Type.Object({ request: text, code: text, detail: text }),
  /** Messages of workers that came faster than they are put on record, by kind; of how many nodes. */
  MessagesRefused: Type.Object({
    registrations: natural,
    statuses: natural,
    states: natural,
    histories: natural,
    nodes: natural,
    withinMs: natural,
  }),
  /** Many nodes fell silent at once: until it ends nothing is rescheduled on account of silence. */
  StormBegan: Type.Object({ silent: natural, ready: natural, reason: text }),
  StormEnded: Type.Object({ stillSilent: natural, reason: text }),
  /**
   * The leader's link to the broker is gone, since then (milliseconds since 1970). Where workers come back
   * later the longer that is, whoever leads next counts from there.
   */
  BrokerLinkLost: Type.Object({ since: natural }),
  /** Those that come late after an outage, or after a time without a leader, could all be back. */
  LateReturnsOver: Type.Object({}),
  /** The root that orders from us took us in; `root`: the id that it knows us by. */
  RootRegistered: Type.Object({ root: id }),
  /**
   * It takes us for another cluster than before: it lost its memory. What it had ordered goes on. `since`:
   * jobs that began behind this position count as those of who it is now, until it asks for the end of one that
   * it never spoke of.
   */
  RootForgot: Type.Object({ former: id, root: id, jobs: natural, since: Type.Optional(natural) }),
  /** What had ended here without its asking was in a report that it took: `<job>/<number>` of each. */
  RootToldOfEnds: Type.Object({ instances: Type.Array(text) }),
  /**
   * The first commit behind the end of a backup (`position`, `hash`) that was put into an empty store. What came
   * after it is lost, and may be known to workers: every number that is given from now on is above what may have
   * been given then. Generations are above this one; epochs are above that of this commit, which leaves as much room.
   */
  LedgerRestored: Type.Object({ position: natural, hash: text, generationsAbove: natural }),
  /** The manifest of a telemetry segment that was dropped: the hole is legal. */
  TelemetryTruncated: Type.Object({
    segment: id,
    firstBatch: natural,
    lastBatch: natural,
    readings: natural,
    firstHash: text,
    lastHash: text,
    merkleRoot: text,
  }),
};

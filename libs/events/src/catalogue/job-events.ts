import { Type } from 'typebox';
import {
  commandKind,
  decisionBasis,
  document,
  id,
  spokenJobPolicy,
  labels,
  natural,
  placedInstance,
  resources,
  text,
} from './shapes.js';

/** A job that is changed under way. Revisions count from 1. */
const rolloutEvents = {
  JobUpdated: Type.Object({
    revision: natural,
    document,
    technology: text,
    resources,
    labels,
    constraints: Type.Array(document),
    policy: spokenJobPolicy,
    bodyHash: text,
    /** The revision that it goes back to; 0 when it was ordered. */
    rollbackTo: natural,
    /** A revision that runs alike: what runs it goes on, and counts as this one. 0: none does. Absent before 4: `rollbackTo`. */
    sameAs: Type.Optional(natural),
    /** The revision whose document was ordered again. Absent before 6, and where none was. */
    restores: Type.Optional(natural),
    reason: text,
  }),
  JobUpdateRefused: Type.Object({ code: text, detail: text }),
  RolloutCompleted: Type.Object({ revision: natural }),
  RolloutFailed: Type.Object({ revision: natural, reason: text }),
};

/** Commands that people run in instances: what of them is on record is who, where, which and how it ended. */
const execEvents = {
  /** Its id is the address of this event. What it prints and is told is nowhere. */
  ExecStarted: Type.Object({
    instance: natural,
    generation: natural,
    nodeId: id,
    /** The program and its arguments, as they were given. */
    command: Type.Array(Type.String({ maxLength: 32_768 }), { minItems: 1 }),
    /** With a terminal. */
    tty: Type.Boolean(),
  }),
  /**
   * `exited`: with the code. `left`: whoever ran it left, and it was hung up on. `broken`: what it went over broke.
   * `unknown`: the manager that it went over leads no more.
   */
  ExecEnded: Type.Object({
    execId: id,
    instance: natural,
    generation: natural,
    nodeId: id,
    outcome: Type.Union([
      Type.Literal('exited'),
      Type.Literal('left'),
      Type.Literal('broken'),
      Type.Literal('unknown'),
    ]),
    exitCode: Type.Union([natural, Type.Null()]),
    reason: text,
    /** How much it was told and said; null: not known. */
    bytes: Type.Union([Type.Object({ in: natural, out: natural }), Type.Null()]),
  }),
  ExecRefused: Type.Object({ code: text, detail: text }),
};

const command = { commandId: id };
const refusal = Type.Object({ code: text, detail: text });
/** What a failed instance printed last, oldest first. Absent before 6, and where nothing is known of it. */
const lastLines = Type.Optional(Type.Array(text));
const address = { instance: natural, generation: natural };
/**
 * What the root knew us by that the order may be of: it came before that one was found to have lost its memory. Absent
 * before 6, and where it is known to be of the root of today.
 */
const formerRoot = Type.Optional(id);
/** `<position>/<index>` of the event that is the decision. */
const decisionId = id;

/** Stream `jobs/<id>`: the whole story of a job, its instances and its commands. */
export const jobEvents = {
  JobSubmitted: Type.Object({
    id,
    desired: natural,
    /** The body as the root sent it; unknown fields travel to the worker. */
    document,
    technology: text,
    resources,
    labels,
    constraints: Type.Array(document),
    policy: spokenJobPolicy,
    /** SHA-256 of the canonical body: tells a repetition from another job of the same id. */
    bodyHash: text,
    /** `given`: a root numbers its instances, one order each. Absent: they are counted. */
    numbering: Type.Optional(Type.Literal('given')),
    /** It ran under another orchestrator before. */
    takenOver: Type.Optional(Type.Literal(true)),
    formerRoot,
  }),
  JobSubmissionRefused: refusal,
  JobScaled: Type.Object({
    desired: natural,
    added: Type.Array(natural),
    removed: Type.Array(natural),
    /** Numbers that a root gave were taken back here, behind its back. */
    forced: Type.Optional(Type.Literal(true)),
    formerRoot,
  }),
  JobScaleRefused: refusal,
  /** Its root asks for the end of all of it: obeyed once the root is known to remember us. */
  JobDismissed: Type.Object({}),
  JobDeletionOrdered: Type.Object({}),
  JobDeletionRefused: refusal,
  JobEnded: Type.Object({}),
  /** Every instance of a one-shot job has run to its end. */
  JobCompleted: Type.Object({}),
  ...rolloutEvents,
  ...execEvents,

  /** A decision that placed instances; resources are reserved by this event. */
  InstancesPlaced: Type.Object({
    decisionId,
    basis: decisionBasis,
    placements: Type.Array(placedInstance, { minItems: 1 }),
  }),
  /** A decision that placed nothing for these instances: what is pending waits, what runs goes on. */
  PlacementRefused: Type.Object({
    decisionId,
    basis: Type.Union([decisionBasis, Type.Null()]),
    instances: Type.Array(natural, { minItems: 1 }),
    code: text,
    detail: text,
    filtered: Type.Record(Type.String(), natural),
    nearest: Type.Union([Type.Object({ nodeId: id, lacking: resources }), Type.Null()]),
    wouldFit: Type.Union([resources, Type.Null()]),
  }),

  /** A move is decided: the target is reserved, the source goes on running. */
  MoveStarted: Type.Object({
    decisionId,
    basis: Type.Union([decisionBasis, Type.Null()]),
    instance: natural,
    fromNodeId: id,
    fromGeneration: natural,
    placement: placedInstance,
    /** An update began it: the target runs the newest revision beside the one before it, be it on the same node. */
    surge: Type.Optional(Type.Literal(true)),
  }),
  MoveCompleted: Type.Object({ ...address, confirmed: Type.Boolean() }),
  MoveAborted: Type.Object({ ...address, reason: text }),
  MoveRefused: refusal,

  CommandIssued: Type.Object({
    ...command,
    kind: commandKind,
    nodeId: id,
    ...address,
    /** Incarnation of the node when it was ordered: a later one's first report proves absence. */
    incarnation: natural,
    /** `deploy`, `replicate`: identity of the ledger and of the document that is ordered, in one. */
    digest: Type.Optional(text),
    /** `deploy`, `replicate`: the secrets that it is given, where its job names any. */
    secrets: Type.Optional(Type.Array(Type.Object({ name: id, version: natural, key: id }))),
    /** `move` only: the node that takes over. */
    targetNodeId: Type.Optional(id),
    /** `delete`: why the instance is to be stopped there. */
    reason: Type.Optional(text),
  }),
  /** Sent again: from the second attempt on. */
  CommandDispatched: Type.Object({ ...command, attempt: natural }),
  /** Not sent for now, and why: once each time that it is issued. */
  CommandHeld: Type.Object({ ...command, reason: text }),
  /** Neither received nor done in time; what it asked for may still happen until it is deleted. */
  CommandExpired: Type.Object({ ...command, reason: text }),
  /** The broker's word (PUBACK), for a worker that does not acknowledge. */
  CommandDelivered: Type.Object(command),
  CommandReceived: Type.Object(command),
  /** `assumed`: no worker said so; the broker's PUBACK and time did. */
  CommandSucceeded: Type.Object({ ...command, assumed: Type.Boolean() }),
  /** `fault`: whose it is, where the worker knows. */
  CommandFailed: Type.Object({
    ...command,
    reason: text,
    fault: Type.Optional(Type.Union([Type.Literal('job'), Type.Literal('node')])),
    lastLines,
  }),
  CommandSuperseded: Type.Object({ ...command, reason: text }),
  /** Ordered again, with the same id: what it asked for is proved not to be there. */
  CommandReopened: Type.Object({
    ...command,
    reason: text,
    kind: commandKind,
    nodeId: id,
    ...address,
    /** Incarnation of the node that it is ordered from again. */
    incarnation: natural,
  }),

  /** A worker's report changed what is known of a running instance. */
  InstanceReported: Type.Object({ ...address, nodeId: id, status: text, reason: text, lastLines }),
  /** Its worker's checks come to another word about it; `forMs`: for so long it was so when it was told. */
  InstanceHealthChanged: Type.Object({
    ...address,
    nodeId: id,
    health: Type.Union([
      Type.Literal('starting'),
      Type.Literal('healthy'),
      Type.Literal('unhealthy'),
    ]),
    reason: text,
    forMs: natural,
  }),
  /** It is unhealthy: it counts as failed, and is stopped where it is. */
  InstanceFailedChecks: Type.Object({ ...address, nodeId: id, reason: text }),
  /** Its node was not heard of for as long as the job allows: nobody counts on it any more. */
  InstanceLost: Type.Object({
    ...address,
    nodeId: id,
    reason: text,
    replace: Type.Boolean(),
    /** Its worker, which stops, said that it has ended it. */
    ended: Type.Optional(Type.Boolean()),
  }),
  /** A lost one was found running and goes on; `dropped`: the generation that replaced it, 0 for none. */
  InstanceRecovered: Type.Object({
    ...address,
    nodeId: id,
    reason: text,
    dropped: natural,
    /** False: its worker is still starting it. */
    running: Type.Boolean(),
  }),
  /** A lost one was found running, and its replacement goes on. */
  OriginalDropped: Type.Object({ ...address, nodeId: id, reason: text }),
  /** It is stopped where it is and placed again: an update, a forced drain, a move that must not overlap. */
  InstanceWithdrawn: Type.Object({
    ...address,
    nodeId: id,
    reason: text,
    /** It is to be placed on another node, if one fits. */
    elsewhere: Type.Boolean(),
  }),
  /** A failed instance waits for another placement. */
  InstanceRetried: Type.Object({ instance: natural, reason: text }),
  /** It failed more often in a row than the job allows. */
  InstanceGivenUp: Type.Object({
    instance: natural,
    reason: text,
    attempts: Type.Array(
      Type.Object({ generation: natural, nodeId: id, at: natural, reason: text }),
    ),
  }),
  /** Ours, and ended by the ledger's word, yet there: it is to be deleted again. */
  UnexpectedInstanceFound: Type.Object({ ...address, nodeId: id, reason: text }),
};

import { Type } from 'typebox';
import { document, id, labels, natural, resources, text } from './shapes.js';

const reason = Type.Object({ reason: text });

/** Stream `nodes/<id>`. */
export const nodeEvents = {
  NodeRegistered: Type.Object({
    id,
    name: text,
    ip: text,
    port: natural,
    incarnation: natural,
    /** Of the start that has this incarnation, where the worker says one. */
    startId: Type.Optional(text),
    /** In which its worker speaks; absent: the native one. */
    dialect: Type.Optional(text),
    capacity: resources,
    assumed: Type.Boolean(),
    labels,
    technologies: Type.Array(Type.String()),
    architecture: Type.Union([Type.String(), Type.Null()]),
    /** What it offers beside runtimes, and the drivers of volumes and graphics cards; absent: none. */
    addons: Type.Optional(Type.Array(Type.String())),
    drivers: Type.Optional(Type.Array(Type.String())),
    gpuDrivers: Type.Optional(Type.Array(Type.String())),
    /** What it can do beside starting and stopping, folders it may give, names of credentials; absent: none. */
    features: Type.Optional(Type.Array(Type.String())),
    hostPaths: Type.Optional(Type.Array(Type.String())),
    registries: Type.Optional(Type.Array(Type.String())),
    acknowledges: Type.Boolean(),
    enforcesStop: Type.Boolean(),
    /** The node proved that it holds its token; from now on it must. */
    tokenPresented: Type.Boolean(),
    extra: document,
  }),
  NodeRegistrationRefused: Type.Object({
    code: text,
    detail: text,
    name: text,
    ip: text,
    incarnation: Type.Union([natural, Type.Null()]),
  }),
  /** Another start than the node's present one, `current`, claims to be the node as well. */
  NodeClaimedTwice: Type.Object({ incarnation: natural, current: natural, reason: text }),
  NodeBecameReady: reason,
  NodeSuspected: reason,
  NodeDisconnected: reason,
  NodeLost: reason,
  /** The worker said that it stops; what it ended is no loss that anybody must be alarmed about. */
  NodeStopped: reason,

  NodeCordoned: reason,
  NodeUncordoned: reason,
  /** `deadline`: milliseconds since 1970. `force`: what is left then is stopped and placed elsewhere. */
  NodeDrainStarted: Type.Object({ deadline: natural, force: Type.Boolean() }),
  NodeDrainEnded: Type.Object({
    outcome: Type.Union([
      Type.Literal('done'),
      Type.Literal('incomplete'),
      Type.Literal('cancelled'),
    ]),
    left: natural,
    reason: text,
  }),
  /** `byRecord`: jobs that run elsewhere failed there, one after the other. */
  NodeQuarantined: Type.Object({ reason: text, byRecord: Type.Boolean() }),
  NodeReleased: reason,
  /** What an operator says of it, in the place of what was said so before; counts more than its worker's word. */
  NodeLabelled: Type.Object({ labels }),
  /** Its worker starts nothing new: less is free on its disk than must be. Told once, until there is room. */
  NodeDiskFilled: Type.Object({ freeMiB: natural, leastMiB: natural }),
  NodeDiskFreed: Type.Object({}),
  /** With all that it had: its credential, too. */
  NodeForgotten: reason,
  /**
   * Whoever shows the secret with this hash (SHA-256, hexadecimal) at the broker is the node from here on, and no other
   * secret is. `labels`: that it has, whatever its worker says. Who let it in, or the node itself, is `by`.
   */
  NodeJoined: Type.Object({ hash: text, labels: Type.Optional(labels) }),
  /** Nobody is the node by the secret that it has. */
  NodeCredentialRevoked: reason,
  NodeOrderRefused: Type.Object({ code: text, detail: text }),

  /** What a complete report showed beside what is wanted there; members are `<job>/<instance>/<generation>`. */
  DriftDetected: Type.Object({
    missing: Type.Array(text),
    outdated: Type.Array(text),
    unexpected: Type.Array(text),
    /** `<job>/<instance>` of what could not be told, `?` for what is not known of it. Absent: nothing. */
    unreadable: Type.Optional(Type.Array(text)),
  }),
  /** A worker's own small log of a time without a link, as it handed it in. */
  WorkerHistoryRecorded: Type.Object({
    incarnation: natural,
    from: natural,
    upTo: natural,
    entries: Type.Array(document),
  }),
};

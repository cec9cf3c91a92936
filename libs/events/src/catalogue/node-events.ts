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
    capacity: resources,
    assumed: Type.Boolean(),
    labels,
    technologies: Type.Array(Type.String()),
    architecture: Type.Union([Type.String(), Type.Null()]),
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
  NodeBecameReady: reason,
  NodeSuspected: reason,
  NodeDisconnected: reason,
  NodeLost: reason,
};

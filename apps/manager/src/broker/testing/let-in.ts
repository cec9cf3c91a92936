import type { LetIn, NodeCredentials } from '../door.js';

/** No node has a credential of its own. */
const nobodyJoined: NodeCredentials = {
  hasJoined: () => false,
  ofSecret: () => 'unknown',
  stands: () => false,
};

/** Nobody is asked for anything. */
export const letAnyoneIn: LetIn = { open: true, shared: null, nodes: nobodyJoined };

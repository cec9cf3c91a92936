import { nobodyJoined, type LetIn } from '../door.js';

/** Nobody is asked for anything. */
export const letAnyoneIn: LetIn = { open: true, shared: null, nodes: nobodyJoined };

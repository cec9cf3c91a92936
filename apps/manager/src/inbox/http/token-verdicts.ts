import type { NodeTokens } from '../node-tokens.js';

/** Injection token of `TokenVerdicts`. */
export const NODE_TOKENS = Symbol('NodeTokens');

/** The secrets by which nodes prove to be themselves when they register again. */
export type TokenVerdicts = Pick<NodeTokens, 'token' | 'verdict'>;

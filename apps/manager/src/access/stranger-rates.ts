import type { Rate } from './token-bucket.js';

/** Bytes that registrations of nodes that nobody knows may add to the ledger: ten thousand workers may join at once. */
export const ofStrangers: Rate = { burst: 16_777_216, perSecond: 65_536 };

/** How many connections it takes to use all of that up. */
const connections = 4;

/** Of that, what one connection has which may speak for any such node. */
export const ofOneStranger: Rate = {
  burst: ofStrangers.burst / connections,
  perSecond: ofStrangers.perSecond / connections,
};

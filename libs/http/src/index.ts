export { bracketed, listenAddress, reachable } from './addresses.js';
export { requireBearerToken } from './bearer-token.js';
export { ownNames, speakWithOurOwnOnly } from './own-only.js';

export { bracketed, listenAddress, reachable } from './addresses.js';
export { isHealthCheck, requireBearerToken } from './bearer-token.js';
export { Refusals } from './refusals.js';
export { sendSecurityHeaders } from './security-headers.js';
export { ownNames, speakWithOurOwnOnly } from './own-only.js';

export { bracketed, listenAddress, reachable } from './addresses.js';
export { isHealthCheck, requireBearerToken } from './bearer-token.js';
export { deadlinesOf, limitConnections, usualDeadlines, type HttpLimits } from './limits.js';
export { Refusals } from './refusals.js';
export { sendSecurityHeaders } from './security-headers.js';
export { ownNames, speakWithOurOwnOnly } from './own-only.js';
export { withoutSchemas } from './without-schemas.js';

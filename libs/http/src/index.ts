export { ask, NoAnswer } from './ask.js';
export { readDocument, readMessage } from './bodies/json-body.js';
export {
  IsIdentifier,
  IsJobCount,
  IsLabels,
  IsPortNumber,
  IsTechnology,
  IsText,
  IsTextOrNumber,
  IsWholeNumber,
  holds,
  rule,
} from './bodies/rules.js';
export { refuseInvalid, validated, validatedOnly } from './bodies/validated.js';
export { healthAnswer } from './health-answer.js';
export { listenAddress } from './listener/addresses.js';
export { isHealthCheck } from './listener/bearer-token.js';
export { createListener, listenerProviders } from './listener/create-listener.js';
export { limitConnections, usualDeadlines, type HttpLimits } from './listener/limits.js';
export { listenOn } from './listener/listen-on.js';
export { OpenConnections } from './listener/open-connections.js';
export { ownNames } from './listener/own-only.js';
export { Refusals } from './listener/refusals.js';

export { quietLog } from './quiet-log.js';
export type { Log, LogFacts, LogLevel } from './log-entry.js';
export type { ProgramLog } from './program-log.js';
export { inRequest } from './request-scope.js';
export { safeText } from './safe-text.js';
export { systemLog } from './system-log.js';

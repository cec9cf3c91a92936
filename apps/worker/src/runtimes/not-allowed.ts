import { StartFailure } from './runtime.port.js';

/** Why an order is not carried out that asks for more than this machine's owner lets jobs have: begins with a code. */
export function notAllowedReason(what: string, setting: string): string {
  return `not-allowed: this machine's owner lets no job have ${what} (${setting})`;
}

/** The fault is the node's: it may be had elsewhere. */
export function notAllowed(what: string, setting: string): StartFailure {
  return new StartFailure(notAllowedReason(what, setting), 'node');
}

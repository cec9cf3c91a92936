import type { Clock } from '@oakring/ports';
import { ProgramLog } from './program-log.js';

/** A log that nobody reads: of a program within a test. */
export function quietLog(clock: Clock): ProgramLog {
  return new ProgramLog(() => {}, clock, 'fatal');
}

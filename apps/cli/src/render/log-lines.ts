import type { LogLine } from '@oakring/contracts';
import type { Colors } from '../terminal.js';
import { printable, printableLine } from '@oakring/narration';

export interface LogLook {
  /** Numbers of several instances stand before their lines. */
  readonly isNumbered: boolean;
  readonly timestamps: boolean;
  /** As it was printed, whatever it makes a terminal do. */
  readonly raw: boolean;
}

/** A line of an instance's output; control characters are made visible unless they are asked for. */
export function renderLogLine(
  number: number,
  { at, text }: LogLine,
  { isNumbered, timestamps, raw }: LogLook,
  colors: Colors,
): string {
  const ofInstances = [colors.cyan, colors.yellow, colors.green, colors.magenta, colors.blue];
  const color = ofInstances[number % ofInstances.length] ?? colors.cyan;
  const whose = isNumbered ? `${color(`${String(number).padStart(2)} |`)} ` : '';
  const when = timestamps ? `${colors.dim(printable(at ?? '-'))} ` : '';
  return `${whose}${when}${raw ? (text ?? '') : printableLine(text ?? '')}`;
}

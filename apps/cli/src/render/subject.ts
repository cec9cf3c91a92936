import type { EventLine } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { printable } from '@oakring/narration';

/** Whom an event is about, by the name of its stream: what `subjectOf` of the catalogue says, which would load it. */
export function subjectOf({ stream }: Pick<EventLine, 'stream'>): string {
  return stream.slice(stream.indexOf('/') + 1);
}

/** The same as a column for people: nodes in a colour of their own. */
export function subjectColumn({ stream }: EventLine, colors: Colors): string {
  const name = printable(subjectOf({ stream })).padEnd(14);
  return stream.startsWith('nodes/') ? colors.cyan(name) : colors.bold(name);
}

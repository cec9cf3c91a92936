import { stripVTControlCharacters } from 'node:util';
import { isObject } from '@oakring/contracts';
import type { EventLine } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { printableLine } from '@oakring/narration';

/** What an instance printed before it failed, as its event has it: a line each, set apart; none where it has none. */
export function renderLastLines({ data }: Pick<EventLine, 'data'>, colors: Colors): string[] {
  const lines: unknown = isObject(data) ? data['lastLines'] : undefined;
  if (!Array.isArray(lines)) return [];
  return lines.map((line) => colors.dim(`   | ${plainLine(String(line))}`));
}

/** Colours are no loss where it is about a crash; what else would move a cursor is shown. */
function plainLine(text: string): string {
  return printableLine(stripVTControlCharacters(text));
}

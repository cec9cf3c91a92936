import { generationRange } from './addresses.js';
import { may, messageOf, must } from './codec.js';
import { booleanOf, integerOf, refused, textOf, type Parsed } from '../parsing/parsing.js';

/** A line that an instance printed, as it goes over a stream: a line of JSON. */
export interface LogLineSaid {
  /** When, by the worker's clock, ISO 8601; null: not known. */
  readonly at: string | null;
  readonly generation: number;
  readonly text: string;
  /** The worker's own mark of it. */
  readonly mark: string;
  /** It goes on in the next one. */
  readonly isOpen?: boolean;
}

const maxCharacters = 131_072;

/** A line may be empty. */
const lineOf = (value: unknown, name: string): Parsed<string> =>
  typeof value === 'string' && value.length <= maxCharacters
    ? { ok: true, value: value.toWellFormed() }
    : refused('invalid-field', `${name} is no line.`, name);

/** Read as any message of a worker is: nothing that it says is believed to be of this form. */
export const logLine = messageOf<Required<LogLineSaid>, LogLineSaid>({
  at: may((value, name) => textOf(value, name, 64), null),
  generation: must((value, name) => integerOf(value, name, generationRange)),
  text: must(lineOf),
  mark: must((value, name) => (value === '' ? { ok: true, value: '' } : textOf(value, name, 64))),
  isOpen: may(booleanOf, false),
});

import { generationRange } from './addresses.js';
import { ifAny, may, messageOf, must } from './codec.js';
import { booleanOf, integerOf, refused, unlike, type Parsed } from '../parsing/parsing.js';

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

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const visible = /^[\x21-\x7e]{0,64}$/;

/** Both are shown beside the text, where nothing escapes them: a line is had without one that is anything else. */
const matching =
  (pattern: RegExp) =>
  (value: unknown, name: string): Parsed<string> =>
    typeof value === 'string' && pattern.test(value)
      ? { ok: true, value }
      : unlike(name, value, `a text that matches ${pattern}`);

/** Read as any message of a worker is: nothing that it says is believed to be of this form. */
export const logLine = messageOf<Required<LogLineSaid>, LogLineSaid>({
  at: ifAny(matching(isoTime), null),
  generation: must((value, name) => integerOf(value, name, generationRange)),
  text: must(lineOf),
  mark: ifAny(matching(visible), ''),
  isOpen: may(booleanOf, false),
});

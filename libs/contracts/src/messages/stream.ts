import { incarnationOf, wordIn } from './addresses.js';
import { dataOf } from './call.js';
import { may, messageOf, must, wordOf } from './codec.js';
import { integerOf, textOf, type Parsed } from '../parsing/parsing.js';

const sayings = ['opened', 'data', 'room', 'alive', 'end'] as const;

/** `nodes/<id>/streams`: what a worker says on a stream that a manager has opened. */
export interface StreamSaid {
  readonly stream: string;
  readonly incarnation: number | null;
  readonly says: (typeof sayings)[number];
  /** With `data`: from 0. With `end`: how many there were. */
  readonly sequence?: number | null;
  readonly channel?: 'out' | 'err' | null;
  /** Base64. */
  readonly data?: string | null;
  /** With `opened` and `room`: how many bytes of input may have been sent since the beginning. */
  readonly room?: number | null;
  /** With `end`: why it broke, or could not be opened; absent: it came to its end. */
  readonly code?: string | null;
  /** With `end`: the same, for a person. */
  readonly detail?: string | null;
  /** With `end`: of the command. */
  readonly exitCode?: number | null;
}

const maxDetailCharacters = 1_024;
const exitCodes = { minimum: 0, maximum: 255 };

export const stream = messageOf<Required<StreamSaid>, StreamSaid>({
  stream: must(wordIn),
  incarnation: may(incarnationOf, null),
  says: must(wordOf(sayings)),
  sequence: may(incarnationOf, null),
  channel: may(wordOf(['out', 'err']), null),
  data: may(dataOf, null),
  room: may(incarnationOf, null),
  code: may(wordIn, null),
  detail: may((value, name): Parsed<string> => textOf(value, name, maxDetailCharacters), null),
  exitCode: may((value, name) => integerOf(value, name, exitCodes), null),
});

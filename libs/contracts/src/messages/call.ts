import { generationRange, incarnationOf, instanceRange, wordIn } from './addresses.js';
import { flag, ifAny, messageOf, wordOf } from './codec.js';
import { speakerMembers, type Heard, type Spoken } from './spoken.js';
import { technologyOf, type Technology } from './technology.js';
import { booleanOf, idOf, integerOf, refused, textOf, type Parsed } from '../parsing/parsing.js';

/** Bytes of a stream that one message carries at most, before they are written in base64. */
export const mostStreamBytes = 12_288;
/** The same, written. */
const maxDataCharacters = 4 * Math.ceil(mostStreamBytes / 3);
/** Words of a command that is run in an instance, and their characters together. */
const maxWords = 256;
const maxWordCharacters = 32_768;
const maxSize = 4_096;

const callWords = ['open', 'credit', 'input', 'resize', 'close'] as const;

/**
 * `nodes/<id>/calls`: about one stream between a worker and the manager that leads, beside orders and
 * their record: it is there while somebody reads it, and nobody remembers it.
 */
export interface Call extends Spoken {
  readonly call: (typeof callWords)[number];
  /** Made at random by the manager. */
  readonly stream: string;
  /** Of the start that it is for. */
  readonly incarnation: number;
  /** With `open`: what is wanted. */
  readonly wants?: 'logs' | 'exec';
  readonly job?: string;
  readonly instance?: number;
  readonly generation?: number;
  readonly technology?: Technology;
  /** Of logs: what was printed so many milliseconds ago, or later. */
  readonly agoMs?: number;
  /** Of logs: so many of the newest lines, and what follows them. */
  readonly tail?: number;
  readonly follow?: boolean;
  /** Of logs: of the start before the newest. */
  readonly previous?: boolean;
  /** Of logs: nothing of a generation below it, which was another job of the same id. */
  readonly notBefore?: number;
  /** Of logs: the worker's own mark of the line that was had last. */
  readonly after?: string;
  /** Of exec: the program and its arguments. */
  readonly command?: readonly string[];
  /** Of exec: it has a terminal. */
  readonly tty?: boolean;
  /** With `open` and `resize`: of that terminal. */
  readonly columns?: number;
  readonly rows?: number;
  /** With `open` and `credit`: how many bytes of data may have been sent since the beginning. */
  readonly credit?: number;
  /** With `input`: from 0. */
  readonly sequence?: number;
  /** With `input`: base64. */
  readonly data?: string;
  /** With `input`: no more comes. */
  readonly last?: boolean;
}

/** As a worker hears it. */
export type HeardCall = Heard<Call>;

const countOf = (value: unknown, name: string): Parsed<number> => incarnationOf(value, name);
const sizeOf = (value: unknown, name: string): Parsed<number> =>
  integerOf(value, name, { minimum: 1, maximum: maxSize });
/** What is no base64 is left to whoever decodes it: it becomes other bytes, and nothing else. */
export const dataOf = (value: unknown, name: string): Parsed<string> =>
  textOf(value, name, maxDataCharacters);

/** The words of a command that is to be run in an instance. */
export function parseExecCommand(value: unknown, name: string): Parsed<readonly string[]> {
  const words = Array.isArray(value) ? value : [];
  const isText = words.every((word): word is string => typeof word === 'string');
  if (!isText || words.length === 0 || words.length > maxWords) {
    return refused('invalid-field', `${name} is not a list of 1 to ${maxWords} texts.`, name);
  }
  const characters = words.reduce((sum, { length }) => sum + length, 0);
  if (characters <= maxWordCharacters && words.every(isWord)) return { ok: true, value: words };
  const detail = `${name} has more than ${maxWordCharacters} characters, or a NUL among them.`;
  return refused('invalid-field', detail, name);
}

const isWord = (word: string): boolean => word.isWellFormed() && !word.includes('\0');

export const call = messageOf<Heard<Call>, Call>({
  call: ifAny(wordOf(callWords), null),
  stream: ifAny(wordIn, null),
  incarnation: ifAny(incarnationOf, null),
  wants: ifAny(wordOf(['logs', 'exec']), null),
  job: ifAny(idOf, null),
  instance: ifAny((value, name) => integerOf(value, name, instanceRange), null),
  generation: ifAny((value, name) => integerOf(value, name, generationRange), null),
  technology: ifAny(technologyOf, null),
  agoMs: ifAny(countOf, null),
  tail: ifAny(countOf, null),
  follow: flag,
  previous: flag,
  notBefore: ifAny((value, name) => integerOf(value, name, generationRange), null),
  after: ifAny(wordIn, null),
  command: ifAny(parseExecCommand, null),
  tty: flag,
  columns: ifAny(sizeOf, null),
  rows: ifAny(sizeOf, null),
  credit: ifAny(countOf, null),
  sequence: ifAny(countOf, null),
  data: ifAny(dataOf, null),
  last: ifAny(booleanOf, null),
  ...speakerMembers,
});

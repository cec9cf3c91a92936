import { type Problem } from '../errors/oakring-error.js';
import { parseExecCommand } from '../messages/call.js';
import {
  booleanOf,
  integerOf,
  isObject,
  parseJsonObject,
  refused,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';

/** Subprotocol of the WebSocket of `GET /api/v1/jobs/{id}/instances/{number}/exec` (docs/clients.md). */
export const execProtocol = 'oakring.exec.v1';
/** A frame has no more bytes than that. */
export const maxExecFrameBytes = 65_536;
/** What is said or told goes in pieces of so many bytes at most. */
export const maxExecPieceBytes = 32_768;

/** A frame of bytes begins with one that says what the rest is. */
const channels = ['in', 'out', 'err'] as const;
export type ExecChannel = (typeof channels)[number];

const sizeRange = { minimum: 1, maximum: 4_096 };
const bytesRange = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

export interface ExecStart {
  readonly type: 'start';
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** It has a terminal, of this size. */
  readonly tty: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Its standard input comes. False: it has none. */
  readonly input: boolean;
}

/** Frames of text of whoever runs a command: JSON. */
export type ExecAsked =
  /** First, and once. */
  | ExecStart
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** So many bytes of output may have been sent since the beginning: a window more than was taken. */
  | { readonly type: 'credit'; readonly bytes: number }
  /** Its standard input is over. */
  | { readonly type: 'eof' };

/** Frames of text of the manager. */
export type ExecTold =
  /** It runs, and this is on record. */
  | {
      readonly type: 'started';
      readonly exec: string;
      readonly node: string;
      readonly generation: number;
    }
  | { readonly type: 'credit'; readonly bytes: number }
  /** Last: it has ended, or was never run. */
  | { readonly type: 'exit'; readonly exitCode: number }
  | { readonly type: 'problem'; readonly problem: Problem };

export function execFrame(channel: ExecChannel, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.byteLength + 1);
  frame[0] = channels.indexOf(channel);
  frame.set(bytes, 1);
  return frame;
}

/** Null: it is of no channel that there is. */
export function execPiece(
  frame: Uint8Array,
): { readonly channel: ExecChannel; readonly bytes: Uint8Array } | null {
  const channel = channels[frame[0] ?? channels.length];
  return channel === undefined ? null : { channel, bytes: frame.subarray(1) };
}

export function parseExecAsked(payload: Uint8Array): Parsed<ExecAsked> {
  const parsed = parseJsonObject(payload);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  switch (value['type']) {
    case 'start':
      return startIn(value);
    case 'resize':
      return mapped(sizeIn(value), (size) => ({ type: 'resize', ...size }));
    case 'credit':
      return mapped(integerOf(value['bytes'], 'bytes', bytesRange), (bytes) => ({
        type: 'credit',
        bytes,
      }));
    case 'eof':
      return { ok: true, value: { type: 'eof' } };
    default:
      return refused('invalid-field', 'type is none of start, resize, credit, eof.', 'type');
  }
}

/** What a manager of ours says has this form; null: it is of a later release. */
export function parseExecTold(text: string): ExecTold | null {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return null;
  const { type } = value;
  const isKnown = ['started', 'credit', 'exit', 'problem'].some((each) => each === type);
  return isKnown ? (value as unknown as ExecTold) : null;
}

function startIn(value: JsonObject): Parsed<ExecStart> {
  const command = parseExecCommand(value['command'], 'command');
  if (!command.ok) return command;
  const tty = booleanOf(value['tty'] ?? false, 'tty');
  if (!tty.ok) return tty;
  const input = booleanOf(value['input'] ?? false, 'input');
  if (!input.ok) return input;
  const size = sizeIn({ columns: 80, rows: 24, ...value });
  return mapped(size, (known) => ({
    ...{ type: 'start', command: command.value, tty: tty.value, input: input.value },
    ...known,
  }));
}

function sizeIn(value: JsonObject): Parsed<{ columns: number; rows: number }> {
  const columns = integerOf(value['columns'], 'columns', sizeRange);
  if (!columns.ok) return columns;
  const rows = integerOf(value['rows'], 'rows', sizeRange);
  return mapped(rows, (known) => ({ columns: columns.value, rows: known }));
}

function mapped<T, U>(parsed: Parsed<T>, map: (value: T) => U): Parsed<U> {
  return parsed.ok ? { ok: true, value: map(parsed.value) } : parsed;
}

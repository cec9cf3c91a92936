import { logLine, isObject, type LogLineSaid, type OakringError } from '@oakring/contracts';
import type { LogLine } from '@oakring/contracts';
import { cursorOf, type LogFormat, type LogQuery } from './log-query.js';
import type { NodeStream } from './node-stream.js';

/** A line of JSON that has no end is none: a worker says no longer ones. */
const maxLineCharacters = 262_144;

/** What a worker says on a stream of logs, a piece at a time. Throws what the stream broke with. */
export async function* linesOfStream(
  stream: NodeStream,
): AsyncGenerator<readonly Required<LogLineSaid>[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
    rest += decoder.decode(piece.bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineCharacters) rest = '';
    yield lines.flatMap(lineIn);
  }
  const problem = stream.end?.problem ?? null;
  if (problem !== null) throw problem;
}

/** Whatever a worker says: what is no line of logs is left out. */
function lineIn(text: string): Required<LogLineSaid>[] {
  try {
    const value: unknown = JSON.parse(text);
    const read = isObject(value) ? logLine.read(value) : null;
    return read?.ok === true ? [read.value] : [];
  } catch {
    return [];
  }
}

/** Lines as a reader has asked for them. */
export function written(
  lines: readonly Required<LogLineSaid>[],
  { format, timestamps }: Pick<LogQuery, 'format' | 'timestamps'>,
): string {
  if (format !== 'text') return lines.map((line) => document(answerOf(line), format)).join('');
  return lines
    .map(({ at, text, isOpen }) => {
      const stamp = timestamps ? `${at ?? '-'} ` : '';
      return `${stamp}${text}${isOpen ? '' : '\n'}`;
    })
    .join('');
}

/** The last line of JSON: why there are no more. As text it is said by a connection that breaks. */
export function writtenEnd(problem: OakringError | null, format: LogFormat): string {
  if (format === 'text') return '';
  const end =
    problem === null
      ? { code: null, detail: 'It has ended.' }
      : { code: problem.code, detail: problem.message };
  return document({ at: null, generation: null, text: null, cursor: null, end }, format);
}

function answerOf({ at, generation, text, mark, isOpen }: Required<LogLineSaid>): LogLine {
  return {
    at,
    generation,
    text,
    cursor: cursorOf(generation, mark),
    ...(isOpen ? { isOpen } : {}),
  };
}

function document(line: LogLine, format: LogFormat): string {
  const json = JSON.stringify(line);
  if (format === 'ndjson') return `${json}\n`;
  const id = line.cursor === null ? '' : `id: ${line.cursor}\n`;
  const event = line.end === undefined ? '' : 'event: end\n';
  return `${id}${event}data: ${json}\n\n`;
}

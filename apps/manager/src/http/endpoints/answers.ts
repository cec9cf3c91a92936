import type { ShapeClass } from '@oakring/contracts/http';

/** A header of an answer, besides those that every answer has. */
export interface AnswerHeader {
  readonly name: string;
  readonly says: string;
}

/** What an endpoint answers when all goes well. Problems are known from elsewhere. */
export interface Answer {
  readonly status: number;
  readonly says: string;
  /** The document, or each line of it. Null: no body, or one that is no document of ours. */
  readonly of: ShapeClass | null;
  /** Several where the reader chooses by `Accept`; none without a body. */
  readonly media: readonly string[];
  readonly headers: readonly AnswerHeader[];
}

const json = ['application/json'];
const ledgerPosition: AnswerHeader = {
  name: 'Oakring-Position',
  says: 'Position in the ledger that the answer is of.',
};

type Headers = readonly AnswerHeader[];

export function ok(of: ShapeClass | null, says: string, headers: Headers = []): Answer {
  return { status: 200, says, of, media: json, headers };
}

/** As `ok`, with the position that the answer is of in a header. */
export function okAtPosition(of: ShapeClass, says: string): Answer {
  return ok(of, says, [ledgerPosition]);
}

export function created(of: ShapeClass, says: string, headers: Headers = []): Answer {
  return { status: 201, says, of, media: json, headers };
}

/** Something that is no JSON document. */
export function ofMedia(media: readonly string[], says: string): Answer {
  return { status: 200, says, of: null, media, headers: [] };
}

/** A document a line: `application/x-ndjson`, and what else a reader may choose. */
export function lines(
  of: ShapeClass | null,
  says: string,
  { isAtPosition = false, media = ['application/x-ndjson'] } = {},
): Answer {
  return { status: 200, says, of, media, headers: isAtPosition ? [ledgerPosition] : [] };
}

const viewHeaders: Headers = [
  ledgerPosition,
  { name: 'Oakring-Age-Ms', says: 'Milliseconds since that position was committed.' },
  { name: 'ETag', says: 'Of the answer: for If-None-Match and If-Match.' },
];

/** The answers of a view: itself, or nothing where the reader has it already. */
export function viewed(of: ShapeClass, says: string): readonly [Answer, Answer] {
  return [
    ok(of, says, viewHeaders),
    {
      status: 304,
      says: 'As If-None-Match has it.',
      of: null,
      media: [],
      headers: viewHeaders,
    },
  ];
}

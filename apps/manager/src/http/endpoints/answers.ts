/** A header of an answer, besides those that every answer has. */
export interface AnswerHeader {
  readonly name: string;
  readonly says: string;
}

/** What an endpoint answers when all goes well. Problems are known from elsewhere. */
export interface Answer {
  readonly status: number;
  readonly says: string;
  /** Null: no body, or one without a schema. */
  readonly schema: string | null;
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

export function ok(schema: string | null, says: string, headers: Headers = []): Answer {
  return { status: 200, says, schema, media: json, headers };
}

/** As `ok`, with the position that the answer is of in a header. */
export function okAtPosition(schema: string, says: string): Answer {
  return ok(schema, says, [ledgerPosition]);
}

export function created(schema: string, says: string, headers: Headers = []): Answer {
  return { status: 201, says, schema, media: json, headers };
}

/** Something that is no JSON document. */
export function ofMedia(media: readonly string[], says: string): Answer {
  return { status: 200, says, schema: null, media, headers: [] };
}

/** A document a line: `application/x-ndjson`, and what else a reader may choose. */
export function lines(
  schema: string | null,
  says: string,
  { isAtPosition = false, media = ['application/x-ndjson'] } = {},
): Answer {
  return { status: 200, says, schema, media, headers: isAtPosition ? [ledgerPosition] : [] };
}

const viewHeaders: Headers = [
  ledgerPosition,
  { name: 'Oakring-Age-Ms', says: 'Milliseconds since that position was committed.' },
  { name: 'ETag', says: 'Of the answer: for If-None-Match and If-Match.' },
];

/** The answers of a view: itself, or nothing where the reader has it already. */
export function viewed(schema: string, says: string): readonly [Answer, Answer] {
  return [
    ok(schema, says, viewHeaders),
    {
      status: 304,
      says: 'As If-None-Match has it.',
      schema: null,
      media: [],
      headers: viewHeaders,
    },
  ];
}

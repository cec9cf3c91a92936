import { flag, natural, nullable, text, time } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ says: 'Why no more lines come.' })
export class LogEnd {
  @Field(nullable(text), { says: 'Of a problem; null: it came to its end.' })
  readonly code: string | null;

  @Field(text)
  readonly detail: string;
}

@Shape({
  says: 'A line that an instance printed; the last one says why no more come.',
  example: {
    ...{ at: '2026-11-28T10:00:00.000Z', generation: 1, text: 'listening on 8080' },
    cursor: '1:18.42',
  },
})
export class LogLine {
  @Field(nullable(time), { says: 'By the worker’s clock, as near as it is known.' })
  readonly at: string | null;

  @Field(nullable(natural), { says: 'Of the instance; null in the last one.' })
  readonly generation: number | null;

  @Field(nullable(text), { says: 'Without its end.' })
  readonly text: string | null;

  @Field(nullable(text), { says: 'To go on behind it: `after`.' })
  readonly cursor: string | null;

  @Field(flag, { optional: true, says: 'It goes on in the next one.' })
  readonly isOpen?: boolean;

  @Field(shaped(LogEnd), { optional: true })
  readonly end?: LogEnd;
}

import { technologies, type Technology } from '../messages/technology.js';
import { labels } from './placement-rules.js';
import { StatedAmounts, type Stated } from './resource-amounts.js';
import { flag, formed, identifier, listOf, natural, oneOf, textOf, textOrNumber } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

/** A number, or digits. */
const port = formed<number | string>(
  {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: 65_535 },
      { type: 'string', pattern: '^\\d{1,5}$' },
    ],
  },
  (value) => {
    const given = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
    return Number.isInteger(given) && Number(given) >= 0 && Number(given) <= 65_535;
  },
  'not an integer from 0 to 65535',
);

/** The body of `POST /api/v1/nodes`, the same as on `nodes/<id>/registration`. */
@Shape({ isOpen: true, example: { id: 'n1', name: 'n1', ip: '10.0.0.7', port: 10050 } })
export class RegisterNode {
  @Field(identifier)
  readonly id: string | number;

  @Field(textOrNumber(256))
  readonly name: string | number;

  @Field(textOf(256))
  readonly ip: string;

  @Field(port)
  readonly port: number | string;

  @Field(natural, { optional: true, says: 'Number of the worker’s start.' })
  readonly incarnation?: number;

  @Field(textOf(64), { optional: true, says: 'Tells two starts with one number apart.' })
  readonly startId?: string;

  @Field(flag, { optional: true, default: false })
  readonly yields?: boolean;

  @Field(shaped(StatedAmounts), { optional: true })
  readonly capacity?: Stated;

  @Field(labels, { optional: true })
  readonly labels?: Readonly<Record<string, string | number | boolean>>;

  @Field(listOf(oneOf(technologies, 'technology-unknown'), { max: 16, items: 'technologies' }), {
    optional: true,
  })
  readonly technologies?: readonly Technology[];

  @Field(textOf(64), { optional: true, says: 'Of the processor, such as `amd64`.' })
  readonly architecture?: string;

  @Field(listOf(textOf(64), { max: 64, items: 'features' }), {
    optional: true,
    says: 'What it can do beside starting and stopping, such as `docker:ports`.',
  })
  readonly features?: readonly string[];

  @Field(listOf(textOf(1024), { max: 64, items: 'folders' }), {
    optional: true,
    says: 'Folders of the machine below which jobs may be given one.',
  })
  readonly hostPaths?: readonly string[];

  @Field(listOf(textOf(64), { max: 64, items: 'names' }), {
    optional: true,
    says: 'Names of credentials that it keeps for jobs to pull with.',
  })
  readonly registries?: readonly string[];

  @Field(flag, { optional: true, default: false })
  readonly acknowledges?: boolean;

  @Field(flag, { optional: true, default: false })
  readonly enforcesStop?: boolean;

  @Field(textOf(256), {
    optional: true,
    secret: true,
    says: 'The token that the first registration was answered with.',
  })
  readonly token?: string;
}

import { isObject } from '../parsing/parsing.js';
import { formed, identifier, oneOf, textOf } from './kinds.js';
import { Field, Shape } from './shape.js';

const constraintTypes = ['direct', 'architecture'] as const;

@Shape({ name: 'Constraint', isOpen: true, says: 'A rule about where instances may run.' })
export class ConstraintRule {
  @Field(oneOf(constraintTypes, 'constraint-unknown'), { says: 'What the rule is about.' })
  readonly type: (typeof constraintTypes)[number];

  @Field(identifier, {
    when: ({ type }) => type === 'direct',
    says: 'With `direct`.',
    example: 'n1',
  })
  readonly node?: string | number;

  @Field(textOf(64), {
    when: ({ type }) => type === 'architecture',
    says: 'With `architecture`.',
    example: 'arm64',
  })
  readonly architecture?: string;
}

const labelText = {
  anyOf: [{ type: 'string', maxLength: 256 }, { type: 'number' }, { type: 'boolean' }],
};
export type Scalar = string | number | boolean;

export const labels = formed<Readonly<Record<string, Scalar>>>(
  {
    type: 'object',
    maxProperties: 64,
    propertyNames: { maxLength: 128 },
    additionalProperties: labelText,
    example: { room: 'hall' },
  },
  (value) =>
    isObject(value) && Object.keys(value).length <= 64 && Object.entries(value).every(isLabel),
  'not an object of at most 64 labels, each a text of at most 256 characters',
);

function isLabel([key, label]: [string, unknown]): boolean {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof label);
  return key.length <= 128 && isScalar && String(label).length <= 256;
}

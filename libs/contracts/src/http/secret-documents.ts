import { maxSecretCharacters, secretName, secretNameExpectation } from './job-secrets.js';
import { listOf, matching, natural, nullable, text, time } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

/** No program is given a NUL in its environment. */
const value = matching(
  new RegExp(`^[^\\0]{1,${maxSecretCharacters}}$`),
  `not a text of 1 to ${maxSecretCharacters} characters without a NUL`,
);

@Shape({ says: 'A value that jobs may be given.', example: { name: 'db-password', value: '…' } })
export class SetSecret {
  @Field(matching(secretName, secretNameExpectation))
  readonly name: string;

  @Field(value, { secret: true, says: 'Encrypted before it is kept; nobody is ever shown it.' })
  readonly value: string;
}

@Shape({ example: { value: '…' } })
export class RotateSecret {
  @Field(value, { secret: true, says: 'Instances that start from now on have it.' })
  readonly value: string;
}

@Shape({ name: 'SecretOrder' })
export class SecretOrderAnswer {
  @Field(text)
  readonly name: string;

  @Field(natural, { says: 'From 1; of one that is removed its last one.' })
  readonly version: number;

  @Field(natural, { says: 'Of the commit.' })
  readonly position: number;
}

@Shape({ name: 'SecretVersionInUse' })
export class SecretVersionInUse {
  @Field(natural)
  readonly version: number;

  @Field(natural, { says: 'That were started with it.' })
  readonly instances: number;
}

@Shape({
  name: 'SecretUse',
  says: 'A job that names the secret, or has instances that were given it.',
})
export class SecretUse {
  @Field(text)
  readonly job: string;

  @Field(listOf(shaped(SecretVersionInUse)), { says: 'Empty: no instance has a place.' })
  readonly versions: readonly SecretVersionInUse[];
}

@Shape({ name: 'Secret', says: 'A secret, without its value.' })
export class SecretAnswer {
  @Field(text)
  readonly name: string;

  @Field(natural, { says: 'What starts from now on is given this one.' })
  readonly version: number;

  @Field(nullable(text), { says: 'Whose it is: who set it first.' })
  readonly owner: string | null;

  @Field(time, { says: 'When this version was set.' })
  readonly changed: string;

  @Field(nullable(text))
  readonly changedBy: string | null;

  @Field(listOf(shaped(SecretUse)), { says: 'By job.' })
  readonly usedBy: readonly SecretUse[];
}

@Shape()
export class SecretPage {
  @Field(listOf(shaped(SecretAnswer)), { says: 'By name.' })
  readonly items: readonly SecretAnswer[];

  @Field(natural)
  readonly position: number;
}

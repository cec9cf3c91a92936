import { text } from './kinds.js';
import { Field, Shape } from './shape.js';

@Shape({ name: 'HeldPort', says: 'A port of a node that a placement has.' })
export class HeldPortAnswer {
  @Field(text, { example: '8080/tcp' })
  readonly port: string;

  @Field(text, { says: 'Whose placement it is.' })
  readonly job: string;
}

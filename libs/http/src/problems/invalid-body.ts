import { OakringError, type Problem, type Refusal } from '@oakring/contracts';

/** A body with bad fields: the first one is the error's own, `errors` names all of them. */
export class InvalidBody extends OakringError {
  constructor(
    first: Refusal,
    readonly errors: NonNullable<Problem['errors']>,
  ) {
    super(first);
  }
}

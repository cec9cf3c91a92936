import { typescriptArguments as argumentsFor } from '../../../infra/typescript/typescript-arguments.js';

/** Arguments for `node` that run a program of `testing/programs` from source. */
export function typescriptArguments(program: string): string[] {
  return argumentsFor(`libs/events/testing/programs/${program}`);
}

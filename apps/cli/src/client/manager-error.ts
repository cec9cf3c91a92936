import { cutText, isObject, type Problem } from '@oakring/contracts';

/**
 * The one error of the client. `refused`: the manager answered with a problem (null when the answer
 * was something else, a proxy's page for example). `unreachable`: nobody answered, or not to the end.
 */
export class ManagerError extends Error {
  constructor(
    message: string,
    readonly kind: 'refused' | 'unreachable',
    readonly problem: Problem | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ManagerError';
  }
}

const shownCharacters = 300;

/** The error of an answer that is no success. */
export function refusedWith(status: number, body: string): ManagerError {
  const problem = problemOf(body);
  if (problem !== null) return new ManagerError(problem.detail, 'refused', problem);
  const shown = body.trim() === '' ? 'nothing more' : cutText(body, shownCharacters);
  return new ManagerError(`The manager answered ${status}: ${shown}`, 'refused');
}

function problemOf(body: string): Problem | null {
  try {
    const document: unknown = JSON.parse(body);
    if (!isObject(document)) return null;
    const shown = ['title', 'code', 'detail'];
    const isProblem = shown.every((member) => typeof document[member] === 'string');
    // What must be there is there; the rest of the shape is the manager's contract.
    return isProblem ? (document as unknown as Problem) : null;
  } catch {
    return null;
  }
}

/** The error of a request that got no answer, with what a person can do about it. */
export function unreachable(url: string, error: unknown): ManagerError {
  return new ManagerError(
    `No manager answers at ${url} (${reasonOf(error)}). ` +
      `Start one with "oakring up", or name where it is with --url or OAKRING_URL.`,
    'unreachable',
    null,
    { cause: error },
  );
}

/** fetch hides what happened in its error's cause: a code of the system, or a sentence. */
function reasonOf(error: unknown): string {
  if (!isObject(error)) return String(error);
  const { cause, message } = error;
  if (!isObject(cause)) return String(message);
  return typeof cause['code'] === 'string' ? cause['code'] : String(cause['message']);
}

import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  /** Undefined once it is answered: timers that were set meanwhile go on in its scope for ever. */
  request: Request | undefined;
}

interface Request {
  readonly id: string;
  /** Id of the trace that it is part of; null: of none. */
  readonly trace: string | null;
}

const scope = new AsyncLocalStorage<Scope>();

/** The answer to a request, which tells when it is over. */
interface Answer {
  once(event: 'close', heard: () => void): unknown;
}

/** What is done in `work`, and what follows of it until `answer` is over, is of that request: its lines in the log say so. */
export function inRequest(request: Request, answer: Answer, work: () => void): void {
  const answering: Scope = { request };
  answer.once('close', () => {
    answering.request = undefined;
  });
  scope.run(answering, work);
}

/** The request that is being answered; undefined outside of one. */
export function currentRequest(): Request | undefined {
  return scope.getStore()?.request;
}

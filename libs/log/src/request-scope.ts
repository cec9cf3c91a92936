import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  /** Undefined once it is answered: timers that were set meanwhile go on in its scope for ever. */
  id: string | undefined;
}

const scope = new AsyncLocalStorage<Scope>();

/** The answer to a request, which tells when it is over. */
interface Answer {
  once(event: 'close', heard: () => void): unknown;
}

/** What is done in `work`, and what follows of it until `answer` is over, is of that request: its lines in the log say so. */
export function inRequest(id: string, answer: Answer, work: () => void): void {
  const request: Scope = { id };
  answer.once('close', () => {
    request.id = undefined;
  });
  scope.run(request, work);
}

/** The request that is being answered; undefined outside of one. */
export function currentRequest(): string | undefined {
  return scope.getStore()?.id;
}

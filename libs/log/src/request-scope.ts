import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<string>();

/** What is done in `work`, and what follows of it, is of that request: its lines in the log say so. */
export function inRequest(id: string, work: () => void): void {
  scope.run(id, work);
}

/** The request that is being answered; undefined outside of one. */
export function currentRequest(): string | undefined {
  return scope.getStore();
}

import type { OakringError } from '@oakring/contracts';
import type { CommandOrigin } from './origin.js';
import type { Command, IdempotencyKey, Outcome } from './command.js';

/** A command in the queue, and its caller. */
export interface Waiting {
  readonly command: Command;
  readonly origin: CommandOrigin;
  readonly key: IdempotencyKey | undefined;
  readonly stillTrue: (() => boolean) | undefined;
  readonly sinceMs: number;
  answered: boolean;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: OakringError) => void;
}

export interface Decision {
  readonly waiting: Waiting;
  readonly outcome: Outcome<unknown>;
}

export function answer(decisions: readonly Decision[]): void {
  for (const { waiting, outcome } of decisions) {
    if (waiting.answered) continue;
    waiting.answered = true;
    waiting.resolve(outcome);
  }
}

export function refuseAll(decisions: readonly Decision[], error: OakringError): void {
  for (const { waiting } of decisions) reject(waiting, error);
}

export function reject(waiting: Waiting, error: OakringError): void {
  if (waiting.answered) return;
  waiting.answered = true;
  waiting.reject(error);
}

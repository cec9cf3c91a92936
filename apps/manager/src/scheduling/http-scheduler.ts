import {
  cutText,
  OakringError,
  type Problem,
  type ScheduleAnswers,
  type ScheduleRequest,
} from '@oakring/contracts';
import { Scheduler } from './scheduler.port.js';

/** Longer than the scheduler's own wait for the manager's node view. */
const answerWithinMs = 5_000;
/** The request itself is what is wrong: too large, or with a job that cannot be planned. */
const refusingStatuses: ReadonlySet<number> = new Set([400, 413, 422]);

/** Asks a scheduler over HTTP. */
export class HttpScheduler extends Scheduler {
  constructor(
    /** Base URL; a function, since a scheduler in this process gets its port after us. */
    private readonly url: () => string,
    private readonly token: string | null,
  ) {
    super();
  }

  async schedule(request: ScheduleRequest): Promise<ScheduleAnswers> {
    const url = `${this.url()}/api/v1/schedule`;
    let response: Response;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(answerWithinMs),
      });
    } catch (error) {
      throw unavailable(url, reasonOf(error));
    }
    if (refusingStatuses.has(response.status)) throw refused(url, await problemOf(response));
    if (!response.ok) throw unavailable(url, await problemOf(response));
    // Our own scheduler's answer; what it proposes is checked again before it counts.
    return (await response.json()) as ScheduleAnswers;
  }
}

async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    return `${response.status} ${problem.code ?? ''}: ${problem.detail ?? cutText(text, 200)}`;
  } catch {
    return `${response.status} ${cutText(text, 200)}`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${answerWithinMs} ms`;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}

function refused(url: string, reason: string): OakringError {
  return new OakringError({
    code: 'scheduler-refused',
    detail: `The scheduler at ${new URL(url).origin} refused to plan it: ${reason.replace(/\.$/, '')}.`,
  });
}

function unavailable(url: string, reason: string): OakringError {
  return new OakringError({
    code: 'scheduler-unavailable',
    detail: `The scheduler at ${new URL(url).origin} did not answer: ${reason.replace(/\.$/, '')}.`,
  });
}

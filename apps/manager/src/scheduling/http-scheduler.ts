import {
  OakringError,
  schedulePath,
  type ErrorCode,
  type ScheduleAnswers,
  type ScheduleRequest,
} from '@oakring/contracts';
import { Trust } from '@oakring/host';
import { ask, NoAnswer } from '@oakring/http';
import { silentTracer, type Tracer } from '@oakring/ports';
import { Scheduler } from './scheduler.port.js';

/** Longer than the scheduler's own wait for the manager's node view. */
const withinMs = 5_000;
/** A scheduler that is well says so at once. */
const healthWithinMs = 1_000;
/** The request itself is what is wrong: too large, or with a job that cannot be planned. */
const refusingStatuses: ReadonlySet<number | null> = new Set([400, 413, 422]);

/** Asks a scheduler over HTTP. */
export class HttpScheduler extends Scheduler {
  constructor(
    /** Base URL; a function, since a scheduler in this process gets its port after us. */
    private readonly url: () => string,
    private readonly token: string | null,
    /** The `traceparent` of the first of these jobs that has one. */
    private readonly traceOf: (jobs: Iterable<string>) => string | undefined = () => undefined,
    private readonly tracer: Tracer = silentTracer,
    private readonly trust: Trust = Trust.in(null),
  ) {
    super();
  }

  async schedule(request: ScheduleRequest): Promise<ScheduleAnswers> {
    const { token, trust } = this;
    const url = `${this.url()}/${schedulePath}`;
    const parent = this.traceOf(request.jobs.map(({ job }) => job.id)) ?? null;
    const facts = { 'oakring.jobs': request.jobs.length };
    const span = parent === null ? null : this.tracer.begin('schedule', parent, 'client', facts);
    const trace = span?.traceparent ?? null;
    try {
      const answer = await ask({ url, token, trust, withinMs, body: request, trace });
      span?.end();
      // Our own scheduler's answer; what it proposes is checked again before it counts.
      return answer as ScheduleAnswers;
    } catch (error) {
      span?.end({}, error instanceof Error ? error.message : String(error));
      throw error instanceof NoAnswer ? failureOf(url, error) : error;
    }
  }

  /** Why it would not plan now, in words without its address; null: it would. Never rejects. */
  async obstacle(): Promise<string | null> {
    try {
      const url = `${this.url()}/health/ready`;
      await ask({ url, token: null, trust: this.trust, withinMs: healthWithinMs });
      return null;
    } catch (error) {
      if (!(error instanceof NoAnswer)) return 'it cannot be asked';
      if (error.status === null) return `it does not answer (${error.message})`;
      return `it is there, and not ready (${error.status})`;
    }
  }
}

function failureOf(url: string, { status, message }: NoAnswer): OakringError {
  const [code, what]: [ErrorCode, string] = refusingStatuses.has(status)
    ? ['scheduler-refused', 'refused to plan it']
    : ['scheduler-unavailable', 'did not answer'];
  const detail = `The scheduler at ${new URL(url).origin} ${what}: ${message.replace(/\.$/, '')}.`;
  return new OakringError({ code, detail });
}

import type { Tracer } from '@oakring/ports';

export interface Tracing {
  readonly tracer: Tracer;
  /** Spans are sent somewhere: what sends them may hold the process. */
  readonly isOn: boolean;
  /** What is left is sent, if that is possible within a second. Never rejects. */
  close(): Promise<void>;
}

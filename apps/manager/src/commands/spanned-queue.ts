import type { Tracer } from '@oakring/ports';
import type { CommandQueue } from './command.js';

/** A command in a trace is a span of it, from when it is submitted until it is durable; its events are part of that. */
export function spannedQueue(queue: CommandQueue, tracer: Tracer): CommandQueue {
  return {
    submit: async (command, origin, key, stillTrue) => {
      if (origin.trace === undefined) return queue.submit(command, origin, key, stillTrue);
      const span = tracer.begin(`command ${command.type}`, origin.trace);
      const traced = { ...origin, trace: span.traceparent ?? origin.trace };
      try {
        const outcome = await queue.submit(command, traced, key, stillTrue);
        span.end({ 'oakring.outcome': outcome.status });
        return outcome;
      } catch (error) {
        span.end({}, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}

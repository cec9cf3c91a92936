import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import { placementKey } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import { RecentTraces } from '../views/recent-traces.js';
import type { Command, CommandQueue } from './command.js';
import { byItself, type CommandOrigin } from './origin.js';
import { tracedQueue } from './traced-queue.js';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function ordered(job: string, more: { trace?: string; by?: string } = { trace }): StoredEvent {
  const event = { stream: `jobs/${job}`, type: 'JobDismissed', data: {}, by: 'root', ...more };
  return event as unknown as StoredEvent;
}

function given() {
  const ports = simulatedPorts();
  const traces = new RecentTraces(ports.clock);
  const origins: CommandOrigin[] = [];
  const under: CommandQueue = {
    submit: async (_command, origin) => {
      origins.push(origin);
      return { status: 'accepted', answer: null as never, position: 1, repeated: false };
    },
  };
  const queue = tracedQueue(under, traces);
  return {
    ports,
    traces,
    /** What the events of such a command are said to be part of. */
    traceOf: async (command: Command, origin = byItself('placements')) => {
      await queue.submit(command as never, origin);
      return origins.at(-1)?.trace;
    },
  };
}

const refusal = (id: string): Command => ({ type: 'RefusePlacement', id, code: 'c', detail: 'd' });
const starts = (...jobs: string[]): Command => ({
  type: 'OrderStarts',
  placements: jobs.map((job) => placementKey(job, 0, 1)),
});

describe('What a manager does by itself for a job', () => {
  it('is part of the trace that the job was ordered in', async () => {
    const { traces, traceOf } = given();
    traces.note([ordered('web'), ordered('db', {})]);
    expect(await traceOf(refusal('web'))).toBe(trace);
    expect(await traceOf(starts('web', 'web'))).toBe(trace);
    expect(await traceOf(refusal('db'))).toBeUndefined();
    // Of both it is part of neither.
    expect(await traceOf(starts('web', 'db'))).toBeUndefined();
    expect(traces.ofAny(['db', 'web'])).toBe(trace);
  });

  it('is part of the one that it says itself', async () => {
    const { traces, traceOf } = given();
    traces.note([ordered('web')]);
    const other = trace.replace('4b', '5c');
    expect(await traceOf(refusal('web'), { by: 'api/open', cause: 'x', trace: other })).toBe(other);
  });

  it('is part of none ten minutes later, whatever it said of it meanwhile', async () => {
    const { ports, traces, traceOf } = given();
    traces.note([ordered('web')]);
    await ports.advance(599_000);
    traces.note([ordered('web', { trace, by: 'manager/placements' })]);
    expect(await traceOf(refusal('web'))).toBe(trace);
    await ports.advance(1_000);
    expect(await traceOf(refusal('web'))).toBeUndefined();
  });

  it('is remembered of so many jobs only, the newest', () => {
    const { traces } = given();
    for (let job = 0; job <= 10_000; job += 1) traces.note([ordered(`j${job}`)]);
    expect([traces.of('j0'), traces.of('j1'), traces.of('j10000')]).toEqual([
      undefined,
      trace,
      trace,
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Tracer } from '@oakring/ports';
import type { CommandQueue } from './command.js';
import { byItself, type CommandOrigin } from './origin.js';
import { spannedQueue } from './spanned-queue.js';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const command = { type: 'AssumeEnded', commandId: '1-0' } as const;

function given(answers: () => Promise<never>) {
  const told: string[] = [];
  const origins: CommandOrigin[] = [];
  const tracer: Tracer = {
    begin: (name, parent) => ({
      traceparent: `${parent}/${name}`,
      end: (facts = {}, failure = null) => told.push(`${name} ${JSON.stringify(facts)} ${failure}`),
    }),
  };
  const under: CommandQueue = {
    submit: (_command, origin) => {
      origins.push(origin);
      return answers();
    },
  };
  return { told, origins, queue: spannedQueue(under, tracer) };
}

const accepted = async () => ({ status: 'accepted', answer: null, position: 1 }) as never;

describe('A command', () => {
  it('in a trace is a span of it until it is durable, and its events are part of that', async () => {
    const { told, origins, queue } = given(accepted);
    await queue.submit<'AssumeEnded'>(command, { ...byItself('outbox'), trace });
    expect(origins[0]?.trace).toBe(`${trace}/command AssumeEnded`);
    expect(told).toEqual(['command AssumeEnded {"oakring.outcome":"accepted"} null']);
  });

  it('that cannot be written ends its span, and fails as ever', async () => {
    const failure = new Error('the disk is full');
    const { told, queue } = given(() => Promise.reject(failure));
    const origin = { ...byItself('outbox'), trace };
    await expect(queue.submit<'AssumeEnded'>(command, origin)).rejects.toBe(failure);
    expect(told).toEqual(['command AssumeEnded {} the disk is full']);
  });

  it('in no trace is none', async () => {
    const { told, origins, queue } = given(accepted);
    await queue.submit<'AssumeEnded'>(command, byItself('outbox'));
    expect([told, origins]).toEqual([[], [byItself('outbox')]]);
  });
});

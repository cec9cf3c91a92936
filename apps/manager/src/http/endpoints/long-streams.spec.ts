import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { FastifyInstance } from 'fastify';
import { EventEmitter } from 'node:events';
import { limitStreams } from './long-streams.js';

type Hook = (request: object, reply: object, done: (error?: Error) => void) => void;

/** The limits alone: what they let pass, and what they say of the rest. */
function limits() {
  let hook: Hook = () => {};
  const server = { addHook: (_name: string, added: Hook) => (hook = added) };
  limitStreams(server as unknown as FastifyInstance, simulatedPorts().timers);
  return function ask(ip: string, isStream = true): { refused?: Error; end(): void } {
    const raw = Object.assign(new EventEmitter(), { writableLength: 0, socket: null });
    let refused: Error | undefined;
    const request = { ip, routeOptions: { config: { endpoint: { isStream } } } };
    hook(request, { raw }, (error) => (refused = error));
    return { ...(refused === undefined ? {} : { refused }), end: () => raw.emit('close') };
  };
}

describe('Long streams', () => {
  it('of one address are 250 at most, and another address has its own', () => {
    const ask = limits();
    const first = ask('a');
    for (let count = 1; count < 250; count += 1) expect(ask('a').refused).toBeUndefined();
    expect(ask('a').refused).toMatchObject({ code: 'overloaded' });
    expect(ask('b').refused).toBeUndefined();
    first.end();
    expect(ask('a').refused).toBeUndefined();
  });

  it('are a thousand at most, and other answers are not counted', () => {
    const ask = limits();
    for (let count = 0; count < 1_000; count += 1) ask(`address-${count % 10}`);
    expect(ask('another').refused).toMatchObject({ code: 'overloaded' });
    expect(ask('another', false).refused).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { EventEmitter } from 'node:events';
import { openCaller, settingCaller, type Caller } from '../../access/caller.js';
import { limitStreams } from './long-streams.js';

type Hook = (request: object, reply: object, done: (error?: Error) => void) => void;

interface Asking {
  readonly caller?: Caller;
  readonly isStream?: boolean;
  readonly isPassedOn?: boolean;
}

/** The limits alone: what they let pass, and what they say of the rest. */
function limits() {
  let hook: Hook = () => {};
  const server = { addHook: (_name: string, added: Hook) => (hook = added) };
  limitStreams(server as unknown as FastifyInstance);
  return function ask(ip: string, asking: Asking = {}): { refused?: Error; end(): void } {
    const { caller = openCaller, isStream = true, isPassedOn = false } = asking;
    const raw = new EventEmitter();
    let refused: Error | undefined;
    const routeOptions = { config: { endpoint: { isStream } } };
    hook({ ip, caller, isPassedOn, routeOptions }, { raw }, (error) => (refused = error));
    return { ...(refused === undefined ? {} : { refused }), end: () => raw.emit('close') };
  };
}

function token(name: string): Caller {
  return { name, role: 'auditor', nodes: null, by: { hash: `hash of ${name}` } };
}

describe('Long streams', () => {
  it('of one address are 250 at most where nobody shows a token, and another has its own', () => {
    const ask = limits();
    const first = ask('a');
    for (let count = 1; count < 250; count += 1) expect(ask('a').refused).toBeUndefined();
    expect(ask('a').refused).toMatchObject({ code: 'overloaded' });
    expect(ask('b').refused).toBeUndefined();
    expect(ask('a', { caller: settingCaller }).refused).toBeUndefined();
    first.end();
    expect(ask('a').refused).toBeUndefined();
  });

  it('of one token are 250 at most, from wherever and through whichever manager it is shown', () => {
    const ask = limits();
    const [anna, bert] = [{ caller: token('anna') }, { caller: token('bert') }];
    for (let count = 0; count < 250; count += 1) {
      expect(ask(`address-${count}`, { ...anna, isPassedOn: count % 2 === 0 }).refused).toBe(
        undefined,
      );
    }
    expect(ask('another', anna).refused).toMatchObject({ code: 'overloaded' });
    expect(ask('address-1', bert).refused).toBeUndefined();
  });

  it('that a follower passed on for whoever has no token are no crowd of its own', () => {
    const ask = limits();
    for (let count = 0; count < 400; count += 1) {
      expect(ask('follower', { isPassedOn: true }).refused).toBeUndefined();
    }
    expect(ask('follower').refused).toBeUndefined();
  });

  it('are a thousand at most, and other answers are not counted', () => {
    const ask = limits();
    for (let count = 0; count < 1_000; count += 1) ask(`address-${count % 10}`);
    expect(ask('another').refused).toMatchObject({ code: 'overloaded' });
    expect(ask('another', { isStream: false }).refused).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';
import { isCertainRefusal, isStoreAway, mayPass } from './mongo-errors.js';

const said = (code: number): MongoServerError => new MongoServerError({ message: 'no', code });
const unconfirmed = new MongoWriteConcernError({
  ok: 1,
  writeConcernError: { code: 64, errmsg: 'late' },
});

describe('What MongoDB says to a write', () => {
  it.each([
    ['not primary', said(10_107)],
    ['stepped down', said(189)],
    ['interrupted by a change of its role', said(11_602)],
    ['interrupted at its end', said(11_600)],
    ['ending', said(91)],
    ['recovering', said(13_436)],
    ['out of time', said(50)],
    ['not confirmed by a majority', unconfirmed],
    ['nothing', new MongoNetworkTimeoutError('timed out')],
  ])('is no refusal when it is %s: it is asked again', (_name, error) => {
    expect([isCertainRefusal(error), mayPass(error)]).toEqual([false, true]);
  });

  it.each([
    ['not authorized', said(13)],
    ['a document that is too large', said(10_334)],
    ['a disk that is full', said(14_031)],
  ])('is a refusal when it is %s', (_name, error) => {
    expect([isCertainRefusal(error), mayPass(error)]).toEqual([true, false]);
  });

  it('is neither when the key is there: that may be our own first attempt', () => {
    expect([isCertainRefusal(said(11_000)), mayPass(said(11_000))]).toEqual([false, false]);
  });
});

describe('A store', () => {
  it('is away whatever the driver calls it', () => {
    class PoolClearedOnNetworkError extends MongoNetworkTimeoutError {
      override get name(): string {
        return 'PoolClearedOnNetworkError';
      }
    }
    const interrupted = new PoolClearedOnNetworkError('interrupted due to server monitor timeout');
    const nobody = new MongoServerSelectionError('nobody leads', {} as never);
    for (const error of [interrupted, nobody]) {
      expect([isStoreAway(error), mayPass(error)]).toEqual([true, true]);
    }
    expect(isStoreAway(new TypeError('a bug'))).toBe(false);
  });
});

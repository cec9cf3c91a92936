import { describe, expect, it } from '@jest/globals';
import { expectDocumented, type Exchange } from './documented.js';

const order = { id: 'web', status: 'active', desired: 2, position: 7 };
const problem = {
  type: 'urn:oakring:problem:job-unknown',
  title: 'The job is not known',
  ...{ status: 404, code: 'job-unknown', detail: 'There is no job web.', remedy: 'List the jobs.' },
};

function answered(given: Partial<Omit<Exchange, 'headers'>> & { body?: unknown; media?: string }) {
  const { body = order, media = 'application/json; charset=utf-8' } = given;
  return {
    method: 'DELETE',
    url: 'http://manager/api/v1/jobs/web',
    status: 200,
    text: JSON.stringify(body),
    headers: new Headers({ 'content-type': media }),
    ...given,
  };
}

const problems = 'application/problem+json';

describe('An answer', () => {
  it('passes as docs/openapi.json has it', () => {
    expectDocumented(answered({}));
    expectDocumented(answered({ status: 404, media: problems, body: problem }));
  });

  it.each([
    ['a status', answered({ status: 202 }), 'the status is not described'],
    ['a media type', answered({ media: 'text/plain' }), 'media type text/plain'],
    ['a member', answered({ body: { ...order, owner: 'me' } }), 'owner'],
    ['a value of a member', answered({ body: { ...order, status: 'gone' } }), '/status'],
    [
      'a code of a problem',
      answered({ status: 404, media: problems, body: { ...problem, code: 'node-unknown' } }),
      '/code',
    ],
  ])('does not pass with %s that is not in it', (_what, exchange, named) => {
    expect(() => expectDocumented(exchange)).toThrow(named);
  });

  it('does not pass without a member or a header that it says is there', () => {
    const { position: _position, ...rest } = order;
    expect(() => expectDocumented(answered({ body: rest }))).toThrow('position');
    const head = { position: 1, hash: 'x', epoch: 1, leader: null, leading: true };
    const url = 'http://manager/api/v1/ledger/head';
    const exchange = answered({ method: 'GET', url, body: head });
    expect(() => expectDocumented(exchange)).toThrow('the header oakring-position is missing');
    exchange.headers.set('oakring-position', '1');
    expectDocumented(exchange);
    exchange.headers.set('oakring-secret', '1');
    expect(() => expectDocumented(exchange)).toThrow('the header oakring-secret');
  });
});

import { describe, expect, it } from '@jest/globals';
import { nativeDown } from './native-wire.js';

const deploy = {
  command: 'deploy',
  job: { id: 'web', name: 'web', image: 'web:1', technology: 'docker', theirs: { any: 'thing' } },
  commandId: '7/0',
  instance: 0,
  generation: 1,
  attempt: 1,
  epoch: 1,
  expiresAt: '2026-01-01T00:00:00.000Z',
};

describe('An order', () => {
  it('is read as it came, with the fields of the job that are not ours', () => {
    expect(parse(deploy)).toEqual({ ok: true, value: deploy });
  });

  it('may number its job', () => {
    expect(parse({ ...deploy, job: { ...deploy.job, id: 7 } })).toMatchObject({
      value: { job: { id: '7' } },
    });
  });

  it('may say of which trace it is; what is none is as absent', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(parse({ ...deploy, traceparent })).toMatchObject({ value: { traceparent } });
    for (const none of ['x', 7, null, `${traceparent}-more`]) {
      expect(parse({ ...deploy, traceparent: none })).toEqual({ ok: true, value: deploy });
    }
  });

  it('names the target of a move', () => {
    expect(parse({ ...deploy, command: 'move', worker: 'w2' })).toMatchObject({
      value: { worker: 'w2' },
    });
  });

  it.each([
    ['command', 'explode'],
    ['command', undefined],
    ['job', 'web'],
    ['job', null],
    ['commandId', 7],
    ['commandId', 'x'.repeat(65)],
    ['expiresAt', 0],
    ['instance', -1],
    ['instance', 10_000],
    ['instance', '0'],
    ['generation', 0],
    ['generation', 1.5],
    ['attempt', undefined],
    ['epoch', 2 ** 53],
  ])('is refused when its %s is %j', (field, value) => {
    expect(parse({ ...deploy, [field]: value })).toMatchObject({
      ok: false,
      refusal: { code: 'invalid-field', field },
    });
  });

  it.each(['../etc', '', 'a/b', 'x'.repeat(129), null])('is refused for a job of id %j', (id) => {
    expect(parse({ ...deploy, job: { ...deploy.job, id } })).toMatchObject({
      ok: false,
      refusal: { code: 'invalid-id', field: 'job.id' },
    });
  });

  it.each(['', '{', '[]', 'null', '7'])('is refused as the text %j', (text) => {
    expect(nativeDown.controls.decode(Buffer.from(text))).toMatchObject({ ok: false });
  });

  it('is refused when it is not UTF-8', () => {
    expect(nativeDown.controls.decode(Uint8Array.of(0xff, 0xfe))).toMatchObject({ ok: false });
  });
});

function parse(body: object) {
  return nativeDown.controls.decode(Buffer.from(JSON.stringify(body)));
}

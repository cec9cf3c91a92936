import { describe, expect, it } from '@jest/globals';
import { controlIn } from './control.js';

const order = {
  ...{ job_name: 'a', virtualization: 'runc', instance_number: 3, image: 'i', one_shot: true },
};
const heard = (changes: object) => controlIn(JSON.stringify({ ...order, ...changes }), ['runc']);

describe('A control message, as a worker of Oakestra reads it', () => {
  it('is an order, whatever else is in it, and null is as absent', () => {
    const more = { status: null, constraints: 7, memory: 64, environment: ['K=V'], arch: null };
    expect(heard(more)).toEqual({ is: 'order', order });
  });

  it.each([
    ...[{ memory: 1.5 }, { memory: '64' }, { vcpus: 0.5 }, { port: 8080 }, { cmd: 'sh' }],
    ...[{ environment: {} }, { pid: 'x' }, { MEMORY: 'x' }, { one_shot: 1 }],
    ...[{ volumes: [{ config: { size: 1 } }] }, { Instance_Number: '3' }],
  ])('is dropped in silence with %j', (changes) => {
    expect(heard(changes)).toEqual({ is: 'dropped' });
  });

  it.each(['{"memory":1.0,"virtualization":"docker"}', '{"vcpus":1e3}', '{', '[]', '7'])(
    'is dropped: %s',
    (payload) => {
      expect(controlIn(payload, [])).toEqual({ is: 'dropped' });
    },
  );

  it.each([
    ...[{ virtualization: '' }, { virtualization: undefined }, { virtualization: 'Docker' }],
    ...[{ virtualization: 'container' }, { virtualization: 'wasm' }, { virtualization: 'kata' }],
  ])('ends the worker with %j', (changes) => {
    expect(heard(changes)).toEqual({ is: 'panic' });
  });

  it.each(['null', '{}'])('ends the worker: %s', (payload) => {
    expect(controlIn(payload, [])).toEqual({ is: 'panic' });
  });
});

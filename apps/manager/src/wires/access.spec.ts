import { describe, expect, it } from '@jest/globals';
import { downKinds, upKinds } from '@oakring/contracts/native';
import { accessOf } from './access.js';
import { nativeDialect } from './native/native.dialect.js';

const access = accessOf([nativeDialect]);

describe('what a worker may do at the embedded broker', () => {
  it('publishes on every topic that goes up', () => {
    for (const kind of upKinds) {
      expect(access.publishRefusal(`nodes/edge-1/${kind}`)).toBeNull();
    }
  });

  it('publishes nothing that goes down, and nothing else', () => {
    for (const topic of [
      'nodes/edge-1/controls',
      'nodes/edge-1/registered',
      'nodes/edge-1/requests',
      'nodes/edge-1/status/deep',
      'nodes/status',
      'chat',
      '$SYS/x',
      '',
    ]) {
      expect(access.publishRefusal(topic)?.code).toBe('topic-unknown');
    }
  });

  it('names an id that is none', () => {
    expect(access.publishRefusal('nodes//status')?.code).toBe('invalid-id');
    expect(access.publishRefusal('nodes/a b/status')?.code).toBe('invalid-id');
  });

  it('subscribes to the orders of one node, by name', () => {
    for (const kind of downKinds) {
      expect(access.maySubscribe(`nodes/edge-1/${kind}`)).toBe(true);
    }
  });

  it('subscribes to no wildcard and nothing that goes up', () => {
    for (const filter of [
      'nodes/+/controls',
      'nodes/#',
      '#',
      '+/+/+',
      'nodes/edge-1/#',
      'nodes/edge-1/+',
      'nodes/edge-1/status',
      '$SYS/#',
    ]) {
      expect(access.maySubscribe(filter)).toBe(false);
    }
  });

  it('has only its status retained', () => {
    expect(access.keptNodeOf('nodes/edge-1/status')).toBe('edge-1');
    expect(access.keptNodeOf('nodes/edge-1/registration')).toBeNull();
  });
});

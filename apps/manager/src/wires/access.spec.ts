import { describe, expect, it } from '@jest/globals';
import { downKinds, upKinds } from '@oakring/contracts/native';
import { accessOf, type Speaker } from './access.js';
import { nativeDialect } from './native/native.dialect.js';

const nodes = { dialectOf: () => null, hasJoined: (nodeId: string) => nodeId.startsWith('own') };
const access = accessOf([nativeDialect], nodes);
const device: Speaker = { is: 'anyone', clientId: 'c' };
const own: Speaker = { is: 'node', node: 'own-1' };

describe('what a worker may do at the embedded broker', () => {
  it('publishes on every topic that goes up', () => {
    for (const kind of upKinds) {
      expect(access.publishRefusal(`nodes/edge-1/${kind}`, device)).toBeNull();
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
      expect(access.publishRefusal(topic, device)?.code).toBe('topic-unknown');
    }
  });

  it('names an id that is none', () => {
    expect(access.publishRefusal('nodes//status', device)?.code).toBe('invalid-id');
    expect(access.publishRefusal('nodes/a b/status', device)?.code).toBe('invalid-id');
  });

  it('subscribes to the orders of one node, by name', () => {
    for (const kind of downKinds) {
      expect(access.maySubscribe(`nodes/edge-1/${kind}`, device)).toBe(true);
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
      expect(access.maySubscribe(filter, device)).toBe(false);
    }
  });

  it('has only its status retained', () => {
    expect(access.keptNodeOf('nodes/edge-1/status')).toBe('edge-1');
    expect(access.keptNodeOf('nodes/edge-1/registration')).toBeNull();
  });

  it('speaks and listens for no node but its own, once it has shown which one that is', () => {
    for (const kind of upKinds) {
      expect(access.publishRefusal(`nodes/own-1/${kind}`, own)).toBeNull();
      for (const other of ['own-2', 'edge-1', 'own-1x', 'own']) {
        expect(access.publishRefusal(`nodes/${other}/${kind}`, own)).toMatchObject({
          code: 'sender-mismatch',
          detail: `Node own-1 may not speak for node ${other}.`,
        });
      }
    }
    for (const kind of downKinds) {
      expect(access.maySubscribe(`nodes/own-1/${kind}`, own)).toBe(true);
      expect(access.maySubscribe(`nodes/own-2/${kind}`, own)).toBe(false);
      expect(access.publishRefusal(`nodes/own-1/${kind}`, own)?.code).toBe('topic-unknown');
    }
  });

  it('speaks for nobody who has a credential of its own, with what several have', () => {
    expect(access.publishRefusal('nodes/own-1/status', device)?.code).toBe('sender-mismatch');
    expect(access.maySubscribe('nodes/own-1/controls', device)).toBe(false);
  });

  it('speaks for nobody, without a name, where workers have one', () => {
    const nameless: Speaker = { is: 'nameless', clientId: 'edge-1-ne' };
    expect(access.publishRefusal('nodes/edge-1/status', nameless)?.code).toBe('sender-mismatch');
    expect(access.maySubscribe('nodes/edge-1/controls', nameless)).toBe(false);
  });
});

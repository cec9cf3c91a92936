import { describe, expect, it } from '@jest/globals';
import { upKinds } from '@oakring/contracts/native';
import { dialectContract, orders } from './dialect.contract.js';
import { nativeDialect } from './native/native.dialect.js';
import { otherDialect } from './testing/other.dialect.js';
import { Wires, type Address } from './wires.js';

dialectContract(otherDialect);

const dialects: Readonly<Record<string, string>> = { n: 'native', o: 'other', f: 'forgotten' };
const wires = new Wires([nativeDialect, otherDialect], (nodeId) => dialects[nodeId] ?? null);

describe('Wires of two dialects that share a topic', () => {
  it('are subscribed to once, with the higher QoS', () => {
    expect(wires.subscriptions.get('nodes/+/information')).toBe(1);
    expect([...wires.subscriptions.keys()]).toHaveLength(upKinds.length + 1);
    expect(new Wires([nativeDialect], () => null).subscriptions).toEqual(
      new Map(upKinds.map((kind) => [`nodes/+/${kind}`, kind === 'information' ? 0 : 1])),
    );
  });

  it('read a message by the dialect of its node', () => {
    expect(heard('n', 'information', '{"cpu":1,"memory":2}')).toMatchObject({
      value: { what: 'reading', said: { cpu: 100, memory: 200 } },
    });
    expect(heard('o', 'information', '1 2')).toMatchObject({
      value: { what: 'reading', said: { cpu: 1, memory: 2 } },
    });
    expect(heard('o', 'information', '{"cpu":1,"memory":2}')).toMatchObject({
      ...{ ok: false, about: 'reading', refusal: { code: 'invalid-field' } },
    });
  });

  it('read what comes of a node that nobody knows by the dialect whose topic it is', () => {
    expect(heard('stranger', 'information', '{"cpu":1,"memory":2}')).toMatchObject({ ok: true });
    expect(heard('stranger', 'job/words', '7-0')).toMatchObject({ value: { what: 'ack' } });
  });

  it('refuse what is on a topic that the node’s dialect has not', () => {
    for (const [nodeId, kind] of [
      ['n', 'job/words'],
      ['o', 'acks'],
      ['f', 'information'],
    ] as const) {
      expect(heard(nodeId, kind, '{}')).toMatchObject({
        ...{ ok: false, incarnation: null },
        refusal: {
          code: 'topic-unknown',
          detail: expect.stringContaining(`Node ${nodeId} speaks`),
        },
      });
    }
  });

  it('read a registration by the dialect whose topic it is: a node may change', () => {
    const body = '{"id":"o","name":"o","ip":"10.0.0.1","port":1}';
    expect(heard('o', 'registration', body)).toMatchObject({ value: { what: 'registration' } });
  });

  it('say of a message that cannot be read which start it is of', () => {
    expect(heard('n', 'acks', '{"incarnation":4}')).toMatchObject({
      ...{ ok: false, about: 'ack', incarnation: 4, refusal: { code: 'invalid-field' } },
    });
  });

  it('take as much as the node’s dialect takes', () => {
    const large = JSON.stringify({ cpu: 1, memory: 2, filler: 'x'.repeat(70_000) });
    expect(addressOf('nodes/n/information').mostPayloadBytes).toBe(100_000);
    expect(heard('n', 'information', large)).toMatchObject({
      refusal: { code: 'payload-too-large' },
    });
    expect(heard('o', 'information', `1 2 ${large}`)).toMatchObject({ ok: true });
  });

  it('say an order as the node hears it, and refuse what it has no word for', () => {
    expect(wires.encode('n', orders.command)).toMatchObject({
      value: { topic: 'nodes/n/controls' },
    });
    expect(wires.encode('o', orders.command)).toMatchObject({
      value: { topic: 'nodes/o/control/deploy', payload: 'web' },
    });
    expect(wires.encode('o', orders.grant)).toMatchObject({ ok: false });
    expect(wires.encode('f', orders.command)).toMatchObject({ refusal: { code: 'topic-unknown' } });
    expect(wires.encode('stranger', orders.registered)).toMatchObject({
      value: { topic: 'nodes/stranger/registered' },
    });
  });
});

describe('The address of a topic', () => {
  it('is one object for all messages of a node', () => {
    expect(addressOf('nodes/n/acks')).toBe(addressOf(['nodes', 'n', 'acks'].join('/')));
  });

  it.each([
    ['nodes/n/chat', 'topic-unknown'],
    ['nodes/n', 'topic-unknown'],
    ['nodes/n/job', 'topic-unknown'],
    ['nodes/a b/acks', 'invalid-id'],
    ['nodes//job/words', 'invalid-id'],
  ])('is none for %s: %s', (topic, code) => {
    expect(wires.addressOf(topic)).toMatchObject({ ok: false, refusal: { code } });
  });
});

function addressOf(topic: string): Address {
  const address = wires.addressOf(topic);
  if (!address.ok) throw new Error(address.refusal.detail);
  return address.value;
}

function heard(nodeId: string, kind: string, payload: string) {
  return wires.decode(addressOf(`nodes/${nodeId}/${kind}`), Buffer.from(payload));
}

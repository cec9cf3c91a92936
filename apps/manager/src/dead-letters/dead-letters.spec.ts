import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { DeadLetters, type RefusedMessage } from './dead-letters.js';

describe('dead letters', () => {
  it('show the newest first, with time, topic, code, reason and payload', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    letters.record(refused({ payload: Buffer.from('first') }));
    letters.record(refused({ code: 'node-unknown', payload: Buffer.from('second') }));
    expect(letters.list()).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        topic: 'nodes/edge-1/acks',
        code: 'node-unknown',
        reason: 'because',
        payload: 'second',
        suppressed: 0,
      },
      expect.objectContaining({ code: 'invalid-json', payload: 'first' }),
    ]);
    expect(letters.list(1)).toHaveLength(1);
    expect(letters.list(0)).toEqual([]);
  });

  it('keep the newest 10 000', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    for (let number = 0; number < 10_003; number += 1) {
      letters.record(refused({ nodeId: `edge-${number}`, reason: String(number) }));
    }
    expect(letters.list()).toHaveLength(10_000);
    expect(letters.list(1)[0]?.reason).toBe('10002');
    expect(letters.list().at(-1)?.reason).toBe('3');
  });

  it('keep the first 20 a minute of a node, then one a second with the number left out', async () => {
    const ports = simulatedPorts();
    const letters = await DeadLetters.open(null, ports);
    for (let number = 0; number < 25; number += 1) letters.record(refused({}));
    expect(letters.list()).toHaveLength(20);
    await ports.advance(1_000);
    letters.record(refused({}));
    letters.record(refused({}));
    expect(letters.list()).toHaveLength(21);
    expect(letters.list(1)[0]?.suppressed).toBe(5);
    await ports.advance(59_000);
    for (let number = 0; number < 20; number += 1) letters.record(refused({}));
    expect(letters.list()).toHaveLength(41);
  });

  it('keep other nodes’ letters while one floods', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    for (let number = 0; number < 1_000; number += 1) letters.record(refused({}));
    letters.record(refused({ nodeId: 'edge-2' }));
    expect(letters.list()).toHaveLength(21);
  });

  it('count every refusal by its code, kept or not', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    for (let number = 0; number < 1_000; number += 1) letters.record(refused({}));
    letters.record(refused({ code: 'node-unknown' }));
    expect(Object.fromEntries(letters.counts())).toEqual({
      'invalid-json': 1_000,
      'node-unknown': 1,
    });
  });

  it('hold the first 4 KiB of a payload, cut between characters', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    letters.record(refused({ payload: Buffer.from(`x${'ä'.repeat(3_000)}`) }));
    expect(letters.list()[0]?.payload).toBe(`x${'ä'.repeat(2_047)}`);
  });

  it('show bytes that are not UTF-8 as replacement characters', async () => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    letters.record(refused({ payload: Buffer.from([0x61, 0xff, 0x62]) }));
    expect(letters.list()[0]?.payload).toBe('a\uFFFDb');
  });

  it.each([
    ['{"id":"edge-1","token":"s3cr\\"et","port":1}', '{"id":"edge-1","token":"***","port":1}'],
    ['{"token" : 4711}', '{"token" : "***"}'],
    ['{"token":"cut off', '{"token":"***"'],
  ])('never keep a token: %s', async (payload, kept) => {
    const letters = await DeadLetters.open(null, simulatedPorts());
    letters.record(refused({ payload: Buffer.from(payload) }));
    expect(letters.list()[0]?.payload).toBe(kept);
  });
});

function refused(changes: Partial<RefusedMessage>): RefusedMessage {
  return {
    topic: 'nodes/edge-1/acks',
    code: 'invalid-json',
    reason: 'because',
    payload: Buffer.from(''),
    nodeId: 'edge-1',
    ...changes,
  };
}

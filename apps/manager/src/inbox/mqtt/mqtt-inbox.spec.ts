import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import { upKinds } from '@oakring/contracts/native';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { MessageListener } from '../../connection/broker-connection.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { MqttInbox } from './mqtt-inbox.js';
import { nativeDialect } from '../../wires/native/native.dialect.js';
import { Wires } from '../../wires/wires.js';
import type { MessageCounts, ReceivedReading, WorkerMessage } from './worker-message.js';

Logger.overrideLogger(false);

const wires = new Wires([nativeDialect], () => null);

describe('the MQTT inbox', () => {
  let ports: SimulatedPorts;
  let deadLetters: DeadLetters;
  let inbox: MqttInbox;
  /** As the broker connection calls it. */
  let receive: MessageListener;
  let batches: ReceivedReading[][];
  let handled: string[];
  let heard: string[];
  let messages: MessageCounts;
  let handleControl: (message: WorkerMessage) => Promise<void>;

  beforeEach(async () => {
    ports = simulatedPorts();
    deadLetters = await DeadLetters.open(null, ports);
    batches = [];
    handled = [];
    heard = [];
    messages = new Map();
    handleControl = ({ topic }) => {
      handled.push(topic);
      return Promise.resolve();
    };
    const connection = { onMessage: (listener: MessageListener) => (receive = listener) };
    const whyUnheard = (nodeId: string): Refusal | null =>
      nodeId === 'revoked' ? { code: 'unauthorized', detail: 'It was revoked.' } : null;
    inbox = new MqttInbox(
      { connection, deadLetters, wires, messages, ports, whyUnheard },
      {
        shed: () => {},
        heard: (nodeId) => heard.push(nodeId),
      },
    );
    for (const pattern of [...wires.kinds, 'unreadable']) {
      inbox.addHandler(pattern, (content) =>
        pattern === 'reading' ? takeBatch(content) : handleControl(content.message),
      );
    }
    inbox.listen(() => {});
  });

  function takeBatch(batch: ReceivedReading[]): Promise<void> {
    batches.push(batch);
    return Promise.resolve();
  }

  it('does nothing while it receives but remember', async () => {
    read('edge-1', 1);
    say('edge-1', 'acks');
    expect(batches).toEqual([]);
    expect(handled).toEqual([]);
    await ports.advance(0);
    expect(batches).toHaveLength(1);
    expect(handled).toEqual(['nodes/edge-1/acks']);
  });

  it('hands readings over in batches, in order', async () => {
    for (let number = 0; number < 20_000; number += 1) read('edge-1', number);
    await inbox.close();
    expect(batches.map((batch) => batch.length)).toEqual([16_384, 3_616]);
    expect(batches.flat().map(numberOf)).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
  });

  it('sheds the oldest readings when it is full, and counts them by node', async () => {
    for (let number = 0; number < 3; number += 1) read('edge-1', number);
    for (let number = 0; number < 99_999; number += 1) read('edge-2', number);
    expect(inbox.shed.total).toBe(2);
    expect(inbox.shed.of('edge-1')).toBe(2);
    expect(inbox.shed.of('edge-2')).toBe(0);
    await inbox.close();
    expect(batches.flat()).toHaveLength(100_000);
    expect(numberOf(batches[0]?.[0])).toBe(2);
    expect(deadLetters.list()).toEqual([]);
  });

  it('refuses control messages that find no room, and says so', async () => {
    for (let number = 0; number < 20_001; number += 1) say(`edge-${number}`, 'acks');
    expect(deadLetters.list()).toMatchObject([
      { code: 'overloaded', topic: 'nodes/edge-20000/acks' },
    ]);
    expect(heard).toEqual(['edge-20000']);
    await inbox.close();
    expect(handled).toHaveLength(20_000);
  });

  it('hands control messages over one at a time, in the order they came', async () => {
    const running: string[] = [];
    let most = 0;
    handleControl = async ({ topic }) => {
      running.push(topic);
      most = Math.max(most, running.length);
      await Promise.resolve();
      running.pop();
      handled.push(topic);
    };
    const kinds = ['registration', 'state', 'acks', 'status', 'history'];
    for (const kind of kinds) say('edge-1', kind);
    await inbox.close();
    expect(most).toBe(1);
    expect(handled).toEqual(kinds.map((kind) => `nodes/edge-1/${kind}`));
  });

  it('counts what it hands over by what it says, readable or not', async () => {
    for (const kind of upKinds) say('edge-1', kind);
    say('edge-1', 'information');
    receive('nodes/edge-1/acks', Buffer.from('{"commandId":"7-0","phase":"received"}'), false);
    receive('nodes/edge-1/chat', Buffer.from('{}'), false);
    await inbox.close();
    const counts = Object.fromEntries(wires.kinds.map((kind) => [kind, 1]));
    expect(Object.fromEntries(messages)).toEqual({ ...counts, reading: 2, ack: 2 });
  });

  it('goes on with readings while a control message waits', async () => {
    let proceed = (): void => {};
    handleControl = () => new Promise((resolve) => (proceed = resolve));
    say('edge-1', 'acks');
    await ports.advance(0);
    read('edge-1', 1);
    await ports.advance(0);
    expect(batches).toHaveLength(1);
    proceed();
    await inbox.close();
  });

  it('outlives a handler that fails', async () => {
    handleControl = ({ topic }) => {
      handled.push(topic);
      return Promise.reject(new Error('a bug'));
    };
    say('edge-1', 'acks');
    say('edge-1', 'state');
    await inbox.close();
    expect(handled).toHaveLength(2);
  });

  it('takes nothing more once it is closed', async () => {
    await inbox.close();
    read('edge-1', 1);
    await ports.advance(0);
    expect(batches).toEqual([]);
  });

  it.each([
    ['nodes/edge-1/chat', 'topic-unknown'],
    ['nodes/edge-1', 'topic-unknown'],
    ['nodes/a b/acks', 'invalid-id'],
    ['nodes//acks', 'invalid-id'],
  ])('refuses the topic %s: %s', (topic, code) => {
    receive(topic, Buffer.from('{}'), false);
    expect(deadLetters.list()).toMatchObject([{ topic, code, payload: '{}' }]);
  });

  it('believes a retained message only where it is a status', async () => {
    for (const kind of upKinds) receive(`nodes/edge-1/${kind}`, Buffer.from('{}'), true);
    await inbox.close();
    expect(handled).toEqual(['nodes/edge-1/status']);
    expect(Object.fromEntries(deadLetters.counts())).toEqual({
      'retained-message': upKinds.length - 1,
    });
  });

  it('hears who speaks in what is too large, but for what may be the word of another', () => {
    for (const retained of [false, true]) {
      for (const kind of upKinds) {
        receive(`nodes/${kind}/${kind}`, Buffer.alloc(65_537), retained);
      }
    }
    const others = upKinds.filter((kind) => kind !== 'registration' && kind !== 'status');
    expect(heard.sort()).toEqual([...others].sort());
  });

  it('takes nothing of a node that is not heard any more, not even that it lives', () => {
    receive('nodes/revoked/status', Buffer.from('{}'), false);
    receive('nodes/revoked/information', Buffer.alloc(70_000), false);
    expect([handled, heard]).toEqual([[], []]);
    expect(deadLetters.list().map(({ topic, code, reason }) => [topic, code, reason])).toEqual([
      ['nodes/revoked/information', 'unauthorized', 'It was revoked.'],
      ['nodes/revoked/status', 'unauthorized', 'It was revoked.'],
    ]);
  });

  it('does not start without a handler for each kind of message', () => {
    const connection = { onMessage: () => {} };
    const bare = new MqttInbox({
      connection,
      deadLetters,
      wires,
      messages,
      ports,
      whyUnheard: null,
    });
    expect(() => bare.listen(() => {})).toThrow('registration');
  });

  function read(nodeId: string, number: number): void {
    receive(`nodes/${nodeId}/information`, Buffer.from(String(number)), false);
  }

  function say(nodeId: string, kind: string): void {
    receive(`nodes/${nodeId}/${kind}`, Buffer.from('{}'), false);
  }
});

function numberOf(reading: ReceivedReading | undefined): number {
  return Number(reading?.payload.toString());
}

import { byTest } from '../../testing/given.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { systemPorts } from '@oakring/ports';
import { startEmbeddedBroker } from '../../broker/embedded-broker.js';
import { letAnyoneIn } from '../../broker/testing/let-in.js';
import { accessOf } from '../../wires/access.js';
import { nativeDialect } from '../../wires/native/native.dialect.js';
import {
  hasMosquitto,
  mosquittoPub,
  mosquittoSub,
  startMosquitto,
  type Publication,
} from '../../broker/testing/mosquitto.js';
import { badMessages } from './testing/bad-messages.js';
import { runInbox, type Broker, type RunningInbox } from './testing/running-inbox.js';

Logger.overrideLogger(false);

interface BrokerUnderTest extends Broker {
  /** Ends it without a word to anyone. */
  kill(): Promise<void>;
}

const internal = { username: 'inside', password: 'secret' };
const workersGone: string[] = [];

async function embedded(port = 0): Promise<BrokerUnderTest> {
  const broker = await startEmbeddedBroker({
    host: '127.0.0.1',
    port,
    letIn: letAnyoneIn,
    internal,
    access: accessOf([nativeDialect]),
    ports: systemPorts(),
    onRefused: (topic, payload, { code, detail }) =>
      inbox?.deadLetters.record({ topic, code, reason: detail, payload, nodeId: null }),
  });
  broker.onClientGone((clientId) => workersGone.push(clientId));
  return { port: broker.port, ...internal, proves: true, kill: () => broker.stop() };
}

async function mosquitto(port?: number): Promise<BrokerUnderTest> {
  const broker = await startMosquitto(port);
  const shown = { username: null, password: null, proves: false };
  return { port: broker.port, ...shown, kill: () => broker.kill() };
}

let inbox: RunningInbox | undefined;

const withMosquitto = hasMosquitto();
const brokers: [string, (port?: number) => Promise<BrokerUnderTest>][] = [
  ['the embedded broker', embedded],
  ['a real Mosquitto', mosquitto],
];

// The clients are Mosquitto's own with either broker: without them there is nothing to test with.
(withMosquitto ? describe : describe.skip).each(brokers)(
  'the inbox on %s',
  (_name, startBroker) => {
    let broker: BrokerUnderTest;
    let running: RunningInbox;
    const start = { id: 'edge-1', name: 'edge-1', ip: '10.0.0.1', port: '4000' };

    beforeAll(async () => {
      broker = await startBroker();
      running = await runInbox(broker);
      inbox = running;
      await say('registration', { ...start, incarnation: 5 });
      await running.until(() => node('edge-1') !== undefined);
    });

    afterAll(async () => {
      await running.stop();
      await broker.kill();
    });

    function say(kind: string, content: object, more: Partial<Publication> = {}): Promise<number> {
      const topic = `nodes/edge-1/${kind}`;
      return mosquittoPub(broker.port, { topic, payload: JSON.stringify(content), ...more });
    }

    function node(id: string) {
      return running.projection.state.nodes.get(id);
    }

    function fallSilent(): Promise<unknown> {
      const silence = {
        nodeId: 'edge-1',
        incarnation: 5,
        seen: 'silent',
        reason: 'a test',
      } as const;
      return running.queue.submit({ type: 'ObserveNode', ...silence }, byTest);
    }

    function refusals(): number {
      return [...running.deadLetters.counts().values()].reduce((sum, count) => sum + count, 0);
    }

    it('takes the smallest registration there is, and answers it with a token', async () => {
      const answers = await mosquittoSub(broker.port, 'nodes/bare/registered');
      const registration = { id: 'bare', name: 'bare', ip: '10.0.0.2', port: 4000 };
      const payload = JSON.stringify(registration);
      await mosquittoPub(broker.port, { topic: 'nodes/bare/registration', payload });
      const answer = answered(await answers.next());
      expect(answer).toMatchObject({
        id: 'bare',
        accepted: true,
        incarnation: 1,
        epoch: 0,
        periodMs: 2_000,
        token: expect.stringMatching(/^[\w-]{43}$/),
      });
      await mosquittoPub(broker.port, { topic: 'nodes/bare/registration', payload });
      expect({ ...answered(await answers.next()), at: '' }).toEqual({ ...answer, at: '' });
      const presented = JSON.stringify({ ...registration, token: answer['token'] });
      await mosquittoPub(broker.port, { topic: 'nodes/bare/registration', payload: presented });
      expect(answered(await answers.next())).not.toHaveProperty('token');
      expect(node('bare')).toMatchObject({ status: 'ready', assumed: true, port: 4000 });
      await answers.kill();
    });

    it('takes a node that joined at its word where the broker knows whose that is', async () => {
      const moved = { id: 'joined', name: 'joined', ip: '10.0.0.9', port: 1, token: 'another' };
      const join = { hash: 'h', registrationToken: 'absent' } as const;
      await running.queue.submit({ type: 'JoinNode', node: 'joined', ...join }, byTest);
      const answers = await mosquittoSub(broker.port, 'nodes/joined/registered');
      const topic = 'nodes/joined/registration';
      await mosquittoPub(broker.port, { topic, payload: JSON.stringify(moved) });
      const answer = answered(await answers.next());
      expect(answer).toMatchObject({ accepted: true });
      expect('token' in answer).toBe(!broker.proves);
      await mosquittoPub(broker.port, {
        topic,
        payload: JSON.stringify({ ...moved, ip: '10.0.0.10' }),
      });
      expect(answered(await answers.next())).toMatchObject({ accepted: broker.proves });
      await answers.kill();
    });

    it('tells a start that the node has left behind, on the topic that it hears', async () => {
      const answers = await mosquittoSub(broker.port, 'nodes/edge-1/registered');
      await say('information', { cpu: 1, memory: 1, incarnation: 4 });
      const told = answered(await answers.next());
      expect(told).toMatchObject({ accepted: false, code: 'incarnation-stale', incarnation: 5 });
      await answers.kill();
    });

    it('answers a refused registration with its code and reason, and no token', async () => {
      const answers = await mosquittoSub(broker.port, 'nodes/edge-1/registered');
      const before = refusals();
      await say('registration', { ...start, name: 'another' });
      const taken = answered(await answers.next());
      expect(taken).toMatchObject({ accepted: false, code: 'node-id-taken', incarnation: 5 });
      expect(taken['detail']).toContain('another');
      expect(taken).not.toHaveProperty('token');
      await say('registration', { ...start, port: -1 });
      const invalid = answered(await answers.next());
      expect(invalid).toMatchObject({ accepted: false, code: 'invalid-field' });
      await running.deadLetter(before + 2);
      await answers.kill();
    });

    it.each(badMessages)('refuses $what: $code, and handles what follows', async (example) => {
      const before = refusals();
      await mosquittoPub(broker.port, example.message);
      const letter = await running.deadLetter(before + 1);
      expect(letter).toMatchObject({ code: example.code, topic: example.message.topic });
      expect(letter?.payload.length).toBeLessThanOrEqual(4_096);
      expect(letter?.payload).not.toContain('guess');
      const logged = running.logged.length;
      await say('information', { cpu: 12.5, memory: '40' }, { qos: 0 });
      await running.until(() => running.logged.length > logged);
      expect(running.logged.at(-1)).toMatchObject({ nodeId: 'edge-1', cpu: 1_250, memory: 4_000 });
      expect(refusals()).toBe(before + 1);
    });

    it('shows the newest reading', async () => {
      const logged = running.logged.length;
      await say('information', { cpu: 33, memory: 44, incarnation: 5, anything: 'else' });
      await running.until(() => running.logged.length > logged);
      expect(running.table.latest('edge-1')).toEqual({ cpu: 33, memory: 44 });
      expect(running.table.lastSeenMs('edge-1')).toBe(running.logged.at(-1)?.at);
    });

    it('makes a silent node ready by its reading, in one step', async () => {
      await fallSilent();
      expect(node('edge-1')?.status).toBe('suspect');
      const before = running.commands.length;
      await say('information', { cpu: 1, memory: 1 }, { more: ['--repeat', '5'] });
      await running.until(() => node('edge-1')?.status === 'ready');
      const observed = running.commands.slice(before);
      expect(observed).toHaveLength(1);
      expect(observed[0]).toMatchObject({ type: 'ObserveNode', seen: 'alive' });
      // What it has is asked for at once: one that stopped, or was given up on, comes back with that.
      expect(running.heardAgain).toContain('edge-1');
    });

    it('takes a state for its good items, however its reasons were cut', async () => {
      const [before, refused] = [running.commands.length, refusals()];
      const good = '{"job":"web","instance":0,"generation":1,"status":"failed","reason":"\\ud83d"}';
      const payload = `{"instances":[{"job":"web"},${good}]}`;
      await mosquittoPub(broker.port, { topic: 'nodes/edge-1/state', payload });
      await running.until(() => running.commands.length > before);
      const instances = [{ job: 'web', instance: 0, status: 'failed', reason: '\ufffd' }];
      expect(running.commands[before]).toMatchObject({ state: { instances, unreadable: 1 } });
      const letter = await running.deadLetter(refused + 1);
      expect(letter?.reason).toContain('instances.0.instance is missing');
    });

    it('keeps a history whose entry has half a character', async () => {
      const before = running.commands.length;
      const payload = '{"incarnation":5,"from":1,"entries":[{"sequence":1,"detail":"\\udc00"}]}';
      await mosquittoPub(broker.port, { topic: 'nodes/edge-1/history', payload });
      await running.until(() => node('edge-1')?.historyUpTo === 1);
      expect(running.commands[before]).toMatchObject({
        history: { entries: [{ sequence: 1, detail: '\ufffd' }] },
      });
    });

    it.each([
      ['information', '{"cpu":null,"memory":"12,5"}'],
      ['information', 'cpu=12'],
      ['acks', '{"commandId":"4711-0","phase":"received"}'],
      ['state', '{"instances":7,"incarnation":5}'],
      ['history', '{"incarnation":5}'],
    ])('takes any message on %s for a sign of life: %s', async (kind, payload) => {
      await fallSilent();
      await mosquittoPub(broker.port, { topic: `nodes/edge-1/${kind}`, payload });
      await running.until(() => node('edge-1')?.status === 'ready');
    });

    it.each(['information', 'state'])(
      'takes a message on %s for a sign of life that is too large to be looked at',
      async (kind) => {
        await fallSilent();
        const payload = ' '.repeat(65_537);
        await mosquittoPub(broker.port, { topic: `nodes/edge-1/${kind}`, payload });
        await running.until(() => node('edge-1')?.status === 'ready');
      },
    );

    it('hears nobody in what an older start, or a broker that kept it, says', async () => {
      await fallSilent();
      const before = refusals();
      const payload = '{"instances":7,"incarnation":4}';
      await mosquittoPub(broker.port, { topic: 'nodes/edge-1/state', payload });
      await mosquittoPub(broker.port, { topic: 'nodes/edge-1/status', payload: '{"status":"no"}' });
      await running.deadLetter(before + 2);
      expect(node('edge-1')?.status).toBe('suspect');
      await say('information', { cpu: 1, memory: 1 });
      await running.until(() => node('edge-1')?.status === 'ready');
    });

    it('hands over what a node says in the order it was said', async () => {
      const before = running.commands.length;
      await mosquittoPub(broker.port, {
        topic: 'nodes/edge-1/state',
        payload: '{"instances":[],"requestId":"first"}',
      });
      await say('acks', { commandId: 'second', phase: 'received' });
      await say('status', { status: 'online' });
      await running.until(() => running.commands.length === before + 3);
      expect(running.commands.slice(before).map(({ type }) => type)).toEqual([
        'ReconcileNode',
        'RecordAck',
        'RecordWorkerStatus',
      ]);
      expect(running.commands[before]).toMatchObject({ provesAbsence: false });
    });

    it('puts the pages of a state together that come right behind a registration', async () => {
      const before = running.commands.length;
      const node = {
        topic: 'nodes/paged/registration',
        payload: JSON.stringify({ ...start, id: 'paged' }),
      };
      await mosquittoPub(broker.port, node);
      for (const page of [1, 2]) {
        const payload = JSON.stringify({ page, pages: 2, instances: [] });
        await mosquittoPub(broker.port, { topic: 'nodes/paged/state', payload });
      }
      await running.until(() => running.commands.length === before + 2);
      expect(running.commands.at(-1)).toMatchObject({ type: 'ReconcileNode', nodeId: 'paged' });
    });

    it('hears the last will of a worker that is killed', async () => {
      const will = ['--will-topic', 'nodes/edge-1/status', '--will-qos', '1', '--will-retain'];
      const payload = '{"status":"offline","incarnation":5}';
      const worker = await mosquittoSub(broker.port, 'nodes/edge-1/controls', [
        ...will,
        '--will-payload',
        payload,
        '-i',
        'edge-1',
      ]);
      await worker.kill();
      await running.until(() => node('edge-1')?.status === 'suspect');
      expect(running.commands.at(-1)).toMatchObject({
        type: 'RecordWorkerStatus',
        status: { status: 'offline', incarnation: 5 },
        retained: false,
      });
    });

    it('tells a retained status from a live one after the broker came back', async () => {
      const { port } = broker;
      const down = new Promise<void>((resolve) => running.connection.onDown(resolve));
      await broker.kill();
      await down;
      expect(running.connection.connected).toBe(false);
      const before = running.commands.length;
      const up = new Promise<void>((resolve) => running.connection.onUp(resolve));
      broker = await startBroker(port);
      await up;
      await say('status', { status: 'online' }, { retain: true });
      await running.until(() => running.commands.length > before);
      expect(running.commands.at(-1)).toMatchObject({ retained: false });
      expect(node('edge-1')?.status).toBe('ready');
      const logged = running.logged.length;
      await say('information', { cpu: 1, memory: 1 });
      await running.until(() => running.logged.length > logged);
    });

    it('takes retained messages for old news when it starts', async () => {
      const registration = JSON.stringify({ ...start, id: 'ghost' });
      const topic = 'nodes/ghost/registration';
      await mosquittoPub(broker.port, { topic, payload: registration, retain: true });
      await running.until(() => node('ghost') !== undefined);
      const later = await runInboxBeside(broker);
      await later.until(() => later.commands.length > 0);
      expect(later.commands[0]).toMatchObject({ type: 'RecordWorkerStatus', retained: true });
      const retainedRegistrations = later.deadLetters
        .list()
        .filter(({ code }) => code === 'retained-message');
      // The embedded broker retains nothing but statuses in the first place.
      expect(retainedRegistrations.length).toBe(broker.username === null ? 1 : 0);
      await later.stop();
    });

    /** Takes the running one's place at the broker, as a successor of the same cluster does. */
    async function runInboxBeside(at: Broker): Promise<RunningInbox> {
      await running.stop();
      return runInbox(at);
    }
  },
);

function answered(message: string): Record<string, unknown> {
  const answer: unknown = JSON.parse(message.slice(message.indexOf(' ') + 1));
  expect(answer).toBeInstanceOf(Object);
  return Object(answer);
}

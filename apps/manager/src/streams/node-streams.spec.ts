import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Call, Refusal, StreamSaid } from '@oakring/contracts';
import { ClusterState, type NodeRecord } from '@oakring/model';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { MemoryEventLog } from '@oakring/stores';
import { CommandWriter } from '../commands/writer.js';
import { byTest, registerNode } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import type { Order } from '../wires/dialect.port.js';
import { windowBytes, type NodeStream } from './node-stream.js';
import { NodeStreams } from './node-streams.js';

let ports: SimulatedPorts;
let projection: Projection;
let writer: CommandWriter;
let streams: NodeStreams;
let calls: Call[];
let refusal: Refusal | 'unheard' | null;
let lineBreaks: () => void;

beforeEach(async () => {
  ports = simulatedPorts();
  projection = new Projection(new ClusterState(true), ports);
  const tenure = { epoch: 1, isHeld: true };
  writer = new CommandWriter(new MemoryEventLog(), projection, tenure, ports, () => {});
  await writer.submit(registerNode('n1'), byTest);
  await writer.submit(registerNode('n2'), byTest);
  calls = [];
  refusal = null;
  const link = {
    send: async (_nodeId: string, order: Order) => {
      if (order.what === 'call') calls.push(order.said);
      return refusal;
    },
    onDown: (listener: () => void) => (lineBreaks = listener),
  };
  streams = new NodeStreams({ link, projection, ports });
});

function node(id = 'n1'): NodeRecord {
  const record = projection.state.nodes.get(id);
  if (record === undefined) throw new Error(`there is no node ${id}`);
  return record;
}

const wanted = { wants: 'logs', job: 'web', instance: 0, generation: 1 } as const;

async function opened(id = 'n1'): Promise<{ stream: NodeStream; name: string }> {
  const stream = streams.open(node(id), wanted);
  const name = calls.at(-1)?.stream ?? '';
  hear(name, { says: 'opened', room: 100 }, id);
  await stream.opened;
  return { stream, name };
}

function hear(stream: string, said: Omit<StreamSaid, 'stream' | 'incarnation'>, id = 'n1'): void {
  const unsaid = {
    ...{ sequence: null, channel: null, data: null, room: null, code: null, detail: null },
    exitCode: null,
  };
  streams.heard(id, { ...unsaid, stream, incarnation: node(id).incarnation, ...said });
}

function data(stream: string, sequence: number, text: string): void {
  hear(stream, { says: 'data', sequence, data: Buffer.from(text).toString('base64') });
}

function said(kind: Call['call']): Call[] {
  return calls.filter(({ call }) => call === kind);
}

describe('The streams of workers, at the manager that leads', () => {
  it('bring what a worker says, in its order, and its end', async () => {
    const { stream, name } = await opened();
    data(name, 0, 'one');
    data(name, 1, 'two');
    // A broker may deliver twice.
    data(name, 1, 'two');
    hear(name, { says: 'end', sequence: 2, exitCode: 7 });
    expect(String((await stream.next())?.bytes)).toBe('one');
    expect(String((await stream.next())?.bytes)).toBe('two');
    expect(await stream.next()).toBeNull();
    expect(stream.end).toEqual({ problem: null, exitCode: 7 });
    expect(streams.size).toBe(0);
  });

  it('give credit for what was read, and in turns: no more waits here than that', async () => {
    const { stream, name } = await opened();
    expect(said('open')).toMatchObject([{ credit: windowBytes, epoch: 0, job: 'web' }]);
    const piece = 'x'.repeat(windowBytes / 4);
    for (let count = 0; count < 4; count += 1) data(name, count, piece);
    await ports.advance(1_000);
    expect(said('credit')).toEqual([]);
    for (let count = 0; count < 3; count += 1) await stream.next();
    await ports.advance(20);
    expect(said('credit').map(({ credit }) => credit)).toEqual([windowBytes * 1.75]);
  });

  it('tell a worker that much is read at no more than a rate, whoever reads', async () => {
    const all = [];
    for (let count = 0; count < 9; count += 1) all.push(await opened());
    for (const { stream, name } of all) {
      data(name, 0, 'x'.repeat(windowBytes));
      await stream.next();
    }
    await ports.advance(20);
    expect(said('credit')).toHaveLength(3);
    await ports.advance(40);
    expect(said('credit')).toHaveLength(9);
  });

  it('break when more is said than there was credit for', async () => {
    const { stream, name } = await opened();
    for (let count = 0; count < 5; count += 1) data(name, count, 'x'.repeat(windowBytes / 4));
    expect(stream.end?.problem?.code).toBe('stream-broken');
    expect(said('close')).toHaveLength(1);
  });

  it('break when a piece is lost, also the last', async () => {
    const one = await opened();
    data(one.name, 1, 'two');
    expect(one.stream.end?.problem?.message).toContain('1 pieces were lost');
    const other = await opened();
    hear(other.name, { says: 'end', sequence: 1 });
    expect(other.stream.end?.problem?.code).toBe('stream-broken');
  });

  it('are heard of the node and the start alone that they were opened to', async () => {
    const { stream, name } = await opened();
    hear(name, { says: 'end', sequence: 0 }, 'n2');
    const stale = { stream: name, incarnation: 99, says: 'end', sequence: 0 } as const;
    const unsaid = { channel: null, data: null, room: null, code: null, detail: null };
    streams.heard('n1', { ...stale, ...unsaid, exitCode: null });
    expect(stream.end).toBeNull();
  });

  it('send as much as the worker has room for, numbered', async () => {
    const { stream, name } = await opened();
    const written = stream.write(Buffer.from('y'.repeat(150)), true);
    expect(said('input')).toMatchObject([{ sequence: 0 }]);
    hear(name, { says: 'room', room: 200 });
    await written;
    const [first, second] = said('input');
    expect(Buffer.from(first?.data ?? '', 'base64')).toHaveLength(100);
    expect(Buffer.from(second?.data ?? '', 'base64')).toHaveLength(50);
    expect(second).toMatchObject({ sequence: 1, last: true });
  });

  it.each<[string, string, (name: string) => Promise<unknown> | void]>([
    ['the term', 'not-leading', () => streams.stop()],
    ['the link to the broker', 'broker-unreachable', () => lineBreaks()],
    [
      'the start of its worker',
      'node-away',
      () => writer.submit(registerNode('n1', { incarnation: 2 }), byTest),
    ],
    ['the word of its worker', 'worker-silent', () => ports.advance(26_000)],
    [
      'what broke there',
      'nothing-printed',
      (name) => hear(name, { says: 'end', code: 'nothing-printed', detail: 'Nothing.' }),
    ],
    [
      'a code that is not known here',
      'stream-broken',
      (name) => hear(name, { says: 'end', code: 'of-a-later-release' }),
    ],
  ])('end with %s', async (_what, code, happens) => {
    const { stream, name } = await opened();
    await happens(name);
    expect(stream.end?.problem?.code).toBe(code);
    expect(await stream.next()).toBeNull();
    expect(streams.size).toBe(0);
  });

  it('say that they are there, and end nothing that is quiet and alive', async () => {
    const { stream, name } = await opened();
    for (let count = 0; count < 12; count += 1) {
      await ports.advance(5_000);
      hear(name, { says: 'alive' });
    }
    expect(stream.end).toBeNull();
    expect(said('credit').length).toBeGreaterThan(9);
  });

  it.each<[string, Refusal | 'unheard' | null]>([
    ['does not answer', null],
    ['does not listen for calls', 'unheard'],
    ['speaks a dialect without a word for it', { code: 'topic-unknown', detail: 'No word.' }],
  ])('are refused where the worker %s', async (_what, answer) => {
    refusal = answer;
    const stream = streams.open(node(), wanted);
    const failed = expect(stream.opened).rejects.toMatchObject({ code: 'worker-silent' });
    await ports.advance(10_000);
    await failed;
    expect(streams.size).toBe(0);
  });

  it('are so many of a node, and of all nodes', () => {
    for (let count = 0; count < 64; count += 1) streams.open(node(), wanted);
    expect(() => streams.open(node(), wanted)).toThrow('64 of them of node n1');
    expect(() => streams.open(node('n2'), wanted)).not.toThrow();
  });

  it('are let go when their reader leaves', async () => {
    const { stream } = await opened();
    stream.close();
    expect(said('close')).toHaveLength(1);
    expect(await stream.next()).toBeNull();
    expect(streams.size).toBe(0);
  });
});

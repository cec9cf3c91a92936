import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Refusal } from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import {
  ack,
  given,
  plan,
  ready,
  registerNode,
  report,
  submitJob,
  type Given,
} from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import { Projection } from '../views/projection.js';
import { assumedEnds } from './assumed-ends.js';
import { DeliveryRecord } from './delivery-record.js';
import type { Order } from '../wires/dialect.port.js';
import { Outbox, type BeforeFirst } from './outbox.js';

let ports: SimulatedPorts;
let cluster: Given;
let supervisor: Supervisor;
let tell: (command: Command) => void;
let sent: { commandId: string; attempt: number; atMs: number }[];
let ordered: Command[];
let up: (() => void)[];
let down: (() => void)[];
let link: { upSinceMs: number | null };
let refusal: Refusal | 'unheard' | null;
let mayBeSent: boolean;
let open: (nodeId: string) => void;
let told: string[];
let beforeFirst: BeforeFirst | null;
let heldUntilMs = 0;

beforeEach(() => {
  ports = simulatedPorts();
  sent = [];
  ordered = [];
  up = [];
  down = [];
  link = { upSinceMs: 0 };
  refusal = null;
  mayBeSent = true;
  told = [];
  beforeFirst = null;
});
afterEach(() => void supervisor.stop());

describe('An order that somebody hears of first', () => {
  let goOn: () => void;
  let heard: number;
  beforeEach(() => {
    heard = 0;
    beforeFirst = () => {
      heard += 1;
      return new Promise((resolve) => void (goOn = resolve));
    };
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
  });

  it('is sent when that is done, and again without it', async () => {
    await ports.advance(900);
    expect([heard, sent]).toEqual([1, []]);
    goOn();
    await ports.advance(60_000);
    expect(sent[0]).toMatchObject({ attempt: 1, atMs: 900 });
    expect(sent.length).toBeGreaterThan(1);
    expect(heard).toBe(1);
  });

  it('is not sent where that is no longer to be', async () => {
    await ports.advance(900);
    tell(silent);
    goOn();
    await ports.advance(60_000);
    expect(sent).toEqual([]);
  });
});

describe('An order to start what must never run twice', () => {
  it('waits until nothing of it can live on grants of a lost leader', async () => {
    heldUntilMs = 30_000;
    const onDisconnect = { stopOnWorkerAfterMs: 10_000 };
    const nodes = ready('a', { enforcesStop: true });
    begin(
      ...nodes,
      submitJob('j', { onDisconnect }),
      plan('j', 'a'),
      submitJob('k'),
      plan('k', 'a'),
    );
    await ports.advance(29_000);
    const [leased, other] = [...cluster.state.commands.values()].map(({ id }) => id);
    expect(sent.map(({ commandId }) => commandId)).not.toContain(leased);
    expect(sent.map(({ commandId }) => commandId)).toContain(other);
    await ports.advance(1_000);
    expect(sent.find(({ commandId }) => commandId === leased)).toMatchObject({ atMs: 30_000 });
  });
});

describe('An order to a worker that is ready', () => {
  it('is sent at once, and again with the next attempt, later each time, until it is received', async () => {
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(9_000);
    expect(sent.map(({ attempt }) => attempt).slice(0, 2)).toEqual([1, 2]);
    expect(new Set(sent.map(({ commandId }) => commandId)).size).toBe(1);
    expect(sent[0]?.atMs).toBe(0);
    expect(sent[1]?.atMs).toBeGreaterThanOrEqual(2_000);
    expect(sent[1]?.atMs).toBeLessThanOrEqual(4_100);
    const { length } = sent;
    tell(ack('a', String(sent[0]?.commandId), 'received'));
    await ports.advance(120_000);
    expect(sent).toHaveLength(length);
  });

  it('is on record from its second attempt on', async () => {
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(4_200);
    expect(ordered).toEqual([
      { type: 'RecordDispatch', commandId: sent[0]?.commandId, attempt: 2 },
    ]);
  });

  it('is sent anew when its worker was proved not to have it', async () => {
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(1);
    tell(ack('a', String(sent[0]?.commandId), 'received'));
    tell(report('a', {}, { proves: true }));
    await ports.advance(1);
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it('is sent again where the broker says that nobody got it, and is not recorded as delivered', async () => {
    refusal = 'unheard';
    const node = registerNode('a', { acknowledges: false });
    begin(node, report('a', {}), submitJob('j'), plan('j', 'a'));
    await ports.advance(1);
    expect(told).toEqual(['sending deploy', 'unheard deploy']);
    expect(ordered).toEqual([]);
    refusal = null;
    await ports.advance(4_100);
    expect(sent).toMatchObject([{ attempt: 2 }]);
    expect(ordered.map(({ type }) => type)).toContain('RecordDelivery');
  });

  it('fails alone when it can never be sent as it is', async () => {
    refusal = { code: 'message-too-large', detail: 'too large' };
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(1);
    expect(ordered).toMatchObject([{ type: 'FailCommand', reason: 'too large' }]);
  });
});

describe('An order that cannot be sent now', () => {
  it('waits for its worker to be ready', async () => {
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    // Before anything is carried out: what is silent at the first look.
    expect(sent).toHaveLength(1);
    tell(silent);
    await ports.advance(60_000);
    expect(sent).toHaveLength(1);
    tell(report('a', {}));
    await ports.advance(100);
    expect(sent).toHaveLength(2);
  });

  it('waits while its worker may not hear it, or may be at it', async () => {
    mayBeSent = false;
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(10_000);
    expect(sent).toEqual([]);
    mayBeSent = true;
    open('a');
    await ports.advance(0);
    expect(sent).toMatchObject([{ attempt: 1, atMs: 10_000 }]);
    expect(told).toEqual(['sending deploy']);
  });

  it('is sent in the commit by which it need not wait any more', async () => {
    mayBeSent = false;
    begin(...ready('a'), submitJob('j'), plan('j', 'a'), submitJob('k'));
    await ports.advance(10_000);
    mayBeSent = true;
    tell(plan('k', 'a'));
    await ports.advance(0);
    expect(sent).toMatchObject([{ atMs: 10_000 }, { atMs: 10_000 }]);
  });

  it('waits for the link, and is sent over the next one as for the first time', async () => {
    link.upSinceMs = null;
    begin(...ready('a'), submitJob('j'), plan('j', 'a'));
    await ports.advance(10_000);
    expect(sent).toEqual([]);
    for (const _ of [1, 2]) {
      link.upSinceMs = ports.clock.monotonicMs();
      for (const listener of up) listener();
      await ports.advance(5);
      link.upSinceMs = null;
      for (const listener of down) listener();
      await ports.advance(1_000);
    }
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 1]);
  });
});

describe('The end of a delivered order to end', () => {
  const process = assumedEnds({} as CommandQueue);
  const order = { id: '9-0', kind: 'delete', status: 'delivered', issuedAt: 7 } as CommandRecord;

  it.each([
    [{}, 'delivered, of 7'],
    [{ kind: 'deploy' }, null],
    [{ status: 'issued' }, null],
    [{ status: 'ended' }, null],
  ])('is waited for with %j: %j', (change, fact) => {
    const { state } = given();
    state.commands.set('9-0', { ...order, ...change } as CommandRecord);
    expect(process.fact('9-0', state)).toBe(fact);
  });

  it.each([
    [9_999, null, 10_000],
    [10_000, 'assume', null],
  ])('after %d ms without a word is: %j', (nowMs, step, againMs) => {
    const { state } = given();
    expect(process.look('9-0', state, seenAt(nowMs, { sinceMs: 0 }))).toEqual({ step, againMs });
  });
});

const silent: Command = {
  ...{ type: 'ObserveNode', nodeId: 'a', incarnation: 1, reason: 'r' },
  seen: 'silent',
};

function begin(...commands: Command[]): void {
  cluster = given(...commands);
  // The state of the deciders serves as the view: nothing here is under way.
  const projection = new Projection(cluster.state, ports);
  tell = (command) => projection.announce(cluster.when(command).events, cluster.state.head);
  const queue: CommandQueue = {
    submit: (async (command: Command) => {
      ordered.push(command);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const connection = {
    connected: true,
    get upSinceMs() {
      return link.upSinceMs;
    },
    async send(_nodeId: string, order: Order) {
      if (refusal !== null || order.what !== 'command') return refusal;
      const { command, attempt } = order.said;
      sent.push({ commandId: command.id, attempt, atMs: ports.clock.monotonicMs() });
      return null;
    },
    onUp: (listener: () => void) => void up.push(listener),
    onDown: (listener: () => void) => void down.push(listener),
  };
  const state = () => projection.state;
  const gate = {
    maySend: () => mayBeSent,
    guards: () => true,
    onOpening: (listener: (nodeId: string) => void) => void (open = listener),
    sending: ({ kind }: CommandRecord) => void told.push(`sending ${kind}`),
    unsent: ({ kind }: CommandRecord) => void told.push(`unsent ${kind}`),
    unheard: ({ kind }: CommandRecord) => void told.push(`unheard ${kind}`),
    forget: (nodeId: string) => void told.push(`forget ${nodeId}`),
  };
  const outbox = new Outbox(
    connection,
    queue,
    state,
    new DeliveryRecord(),
    {
      gate,
      beforeFirst,
      hold: { startsFromMs: (leaseMs) => (leaseMs === null ? 0 : heldUntilMs) },
    },
    ports,
  );
  supervisor = new Supervisor([outbox as Process<unknown>], projection, ports, () => {});
  supervisor.start();
}

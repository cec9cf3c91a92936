import { afterEach, describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import { given, registerNode } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import type { Look, Outcome, Process, Seen } from './process.js';
import { Supervisor } from './supervisor.js';

/** Greets each node whose name begins with `n`, as often as its look says. */
class Greeting implements Process<string> {
  readonly name = 'greetings';
  most = 1;
  mostAtOnce = Number.POSITIVE_INFINITY;
  restMs = 0;
  readonly backoff = { firstMs: 1_000, mostMs: 8_000 };
  readonly greeted: string[][] = [];
  readonly greetedAtMs: number[] = [];
  readonly looked: string[] = [];
  outcome: () => Promise<Outcome> = async () => 'done';
  answer: (key: string, seen: Seen) => Look<string> = (key) =>
    this.greeted.flat().includes(key) ? { step: null, againMs: null } : greet(key);

  constructor(private readonly ports: SimulatedPorts) {}

  all: Process<string>['all'] = ({ nodes }) => Array.from(nodes.values(), ({ id }) => id);
  concerned: Process<string>['concerned'] = ({ nodes }) => nodes;
  fact: Process<string>['fact'] = (key, { nodes }) => {
    const node = nodes.get(key);
    return node === undefined ? null : `cordoned: ${node.cordoned !== null}`;
  };

  look(key: string, _state: unknown, seen: Seen): Look<string> {
    this.looked.push(key);
    return this.answer(key, seen);
  }

  act: Process<string>['act'] = (steps) => {
    this.greeted.push(steps.map(({ step }) => step));
    this.greetedAtMs.push(this.ports.clock.monotonicMs());
    return this.outcome();
  };
}

const greet = (key: string): Look<string> => ({ step: key, againMs: null });

const cordon = (id: string): Command => ({
  ...{ type: 'OrderNode', id },
  order: { do: 'cordon', reason: 'r' },
});

let supervisor: Supervisor | null = null;
afterEach(() => void supervisor?.stop());

function scene(...nodes: readonly string[]) {
  const ports = simulatedPorts();
  const cluster = given(...nodes.map((id) => registerNode(id)));
  const projection = new Projection(cluster.state, ports);
  const greeting = new Greeting(ports);
  const warnings: string[] = [];
  const started = new Supervisor([greeting as Process<unknown>], projection, ports, (line) =>
    warnings.push(line),
  );
  supervisor = started;
  const when = async (command: Command): Promise<void> => {
    projection.announce(cluster.when(command).events, cluster.state.head);
    await ports.advance(20);
  };
  return { ports, cluster, greeting, warnings, supervisor: started, when };
}

describe('A supervisor', () => {
  it('looks at what there is when it starts, and then at what changes', async () => {
    const { greeting, supervisor: started, when } = scene('n1', 'n2');
    started.start();
    expect(greeting.greeted).toEqual([['n1'], ['n2']]);
    await when(registerNode('n3'));
    expect(greeting.greeted.at(-1)).toEqual(['n3']);
    const before = greeting.looked.length;
    await when(cordon('n1'));
    expect(new Set(greeting.looked.slice(before))).toEqual(new Set(['n1']));
  });

  it('looks again when a look says so, and tells since when the fact has been so', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    const sinceMs: number[] = [];
    greeting.answer = (_, seen) => {
      sinceMs.push(seen.nowMs - seen.sinceMs);
      return { step: null, againMs: seen.sinceMs + 700 };
    };
    started.start();
    await ports.advance(700);
    expect(sinceMs[0]).toBe(0);
    expect(sinceMs[1]).toBe(700);
    await when(cordon('n1'));
    expect(sinceMs.at(-1)).toBe(0);
  });

  it('tells since when anything that a look asks about has been so, until one does not ask', async () => {
    const { greeting, ports, supervisor: started } = scene('n1');
    const told: number[] = [];
    const asks = ['calm', 'calm', 'busy', 'calm'];
    greeting.answer = (_, { nowMs, since }) => {
      told.push(nowMs - since(asks.shift() ?? 'calm'));
      return { step: null, againMs: nowMs + 100 };
    };
    started.start();
    await ports.advance(400);
    expect(told.slice(0, 5)).toEqual([0, 100, 0, 0, 100]);
  });

  it('does nothing twice at once, whatever changes meanwhile', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    let end: () => void = () => {};
    greeting.outcome = () => new Promise((resolve) => (end = () => resolve('done')));
    started.start();
    await when(cordon('n1'));
    await ports.advance(60_000);
    expect(greeting.greeted).toEqual([['n1']]);
    end();
    await ports.advance(20);
    expect(greeting.greeted).toEqual([['n1'], ['n1']]);
  });

  it('does what failed again, later and later', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    greeting.outcome = async () => {
      throw new OakringError({ code: 'scheduler-unavailable', detail: 'away' });
    };
    started.start();
    await ports.advance(60_000);
    const waits = greeting.greetedAtMs.slice(1).map((at, i) => at - (greeting.greetedAtMs[i] ?? 0));
    for (const [index, waitMs] of waits.entries()) {
      const mostMs = Math.min(1_000 * 2 ** index, 8_000);
      expect(waitMs).toBeGreaterThanOrEqual(mostMs / 2);
      expect(waitMs).toBeLessThanOrEqual(mostMs + 2);
    }
    expect(started.health).toMatchObject([
      { name: 'greetings', keys: 1, failures: waits.length + 1 },
    ]);
    // A new fact is a new beginning.
    const before = greeting.greeted.length;
    await when(cordon('n1'));
    expect(greeting.greeted).toHaveLength(before + 1);
  });

  it('waits some seconds at most where log or scheduler were away, however long', async () => {
    const { greeting, ports, supervisor: started } = scene('n1');
    Object.assign(greeting.backoff, { firstMs: 10_000, mostMs: 600_000 });
    greeting.answer = greet;
    greeting.outcome = () => Promise.reject(new TypeError('away'));
    started.start();
    await ports.advance(3_600_000);
    const before = greeting.greeted.length;
    await ports.advance(10_100);
    expect(greeting.greeted.length).toBeGreaterThan(before);
  });

  it('holds nothing up by what was settled, however often', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    greeting.outcome = async () => 'settled';
    started.start();
    await ports.advance(5_000);
    const before = greeting.greeted.length;
    expect(before).toBeGreaterThan(40);
    await when(cordon('n1'));
    expect(greeting.greeted.length).toBeGreaterThan(before);
  });

  it('takes a step that was done and changed nothing as one to be done again in a while', async () => {
    const { greeting, ports, supervisor: started } = scene('n1');
    greeting.answer = greet;
    started.start();
    await ports.advance(10_000);
    // At 0 s, then after 0.5 to 1 s, 1 to 2 s, 2 to 4 s, 4 to 8 s.
    expect(greeting.greeted.length).toBeGreaterThan(2);
    expect(greeting.greeted.length).toBeLessThan(7);
  });

  it('counts nothing against a fact that began while a step for another was carried out', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    let end: () => void = () => {};
    greeting.outcome = () => new Promise((resolve) => (end = () => resolve('again')));
    started.start();
    await when(cordon('n1'));
    end();
    await ports.advance(0);
    expect(greeting.greeted).toEqual([['n1'], ['n1']]);
  });

  it('does nothing twice at once for what was gone and is back meanwhile', async () => {
    const { greeting, cluster, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    greeting.outcome = () => new Promise(() => {});
    started.start();
    const node = cluster.state.nodes.get('n1');
    cluster.state.nodes.delete('n1');
    await when(registerNode('n2'));
    if (node !== undefined) cluster.state.nodes.set('n1', node);
    await when(registerNode('n3'));
    expect(greeting.greeted.flat().filter((name) => name === 'n1')).toHaveLength(1);
  });

  it('looks at a key no more often than its process says, however much changes', async () => {
    const { cluster, greeting, ports, supervisor: started, when } = scene('n1');
    greeting.restMs = 250;
    greeting.answer = () => ({ step: null, againMs: null });
    started.start();
    const node = cluster.state.nodes.get('n1');
    for (let change = 0; change < 50; change += 1) {
      if (node !== undefined) cluster.state.nodes.set('n1', { ...node });
      await when(cordon('nobody'));
    }
    expect(greeting.looked.length).toBeGreaterThan(1);
    expect(greeting.looked.length).toBeLessThan(7);
    if (node !== undefined) cluster.state.nodes.set('n1', { ...node });
    await when(cordon('nobody'));
    greeting.answer = greet;
    await ports.advance(250);
    expect(greeting.greeted).toEqual([['n1']]);
  });

  it('asks a look since when things are so while a step waits, too', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    const sinceMs: number[] = [];
    let what = 'ill';
    greeting.answer = (key, { since }) => {
      sinceMs.push(since(what));
      return { step: key, againMs: null };
    };
    greeting.outcome = async () => 'again';
    started.start();
    await ports.advance(100);
    what = 'well';
    await when({ type: 'OrderNode', id: 'n1', order: { do: 'uncordon' } });
    const wellMs = ports.clock.monotonicMs();
    await when(registerNode('n1', { incarnation: 2 }));
    await ports.advance(2_000);
    expect(sinceMs.at(-1)).toBeLessThanOrEqual(wellMs);
  });

  it('warns of a look that fails, which hurts neither commits nor other keys', async () => {
    const { greeting, supervisor: started, warnings, when } = scene('n1');
    greeting.answer = (key) => {
      if (key === 'n1') throw new TypeError('a bug');
      return greet(key);
    };
    started.start();
    await when(registerNode('n2'));
    expect(greeting.greeted).toEqual([['n2']]);
    expect(warnings).toEqual(['greetings, n1: TypeError: a bug']);
  });

  it('finds what no change told of', async () => {
    const { greeting, cluster, ports, supervisor: started } = scene('n1');
    started.start();
    const node = cluster.state.nodes.get('n1');
    if (node !== undefined) cluster.state.nodes.set('n9', { ...node, id: 'n9' });
    await ports.advance(30_100);
    expect(greeting.greeted).toEqual([['n1'], ['n9']]);
  });

  it('makes up for a look that was lost', async () => {
    const { greeting, ports, supervisor: started } = scene('n1');
    greeting.answer = () => ({ step: null, againMs: null });
    started.start();
    greeting.answer = greet;
    greeting.outcome = async () => 'again';
    await ports.advance(29_000);
    expect(greeting.greeted).toEqual([]);
    await ports.advance(1_100);
    expect(greeting.greeted).toEqual([['n1']]);
  });

  it('carries steps out together, so many at most and so many calls at once', async () => {
    const { greeting, ports, supervisor: started } = scene('n1', 'n2', 'n3', 'n4', 'n5');
    [greeting.most, greeting.mostAtOnce] = [2, 1];
    let end: () => void = () => {};
    greeting.outcome = () => new Promise((resolve) => (end = () => resolve('done')));
    started.start();
    expect(greeting.greeted).toEqual([['n1', 'n2']]);
    end();
    await ports.advance(1);
    expect(greeting.greeted).toEqual([
      ['n1', 'n2'],
      ['n3', 'n4'],
    ]);
    end();
    await ports.advance(1);
    expect(greeting.greeted.at(-1)).toEqual(['n5']);
  });

  it('forgets what is gone, and says how many there are and since when', async () => {
    const { ports, cluster, supervisor: started, when } = scene('n1', 'n2');
    started.start();
    await ports.advance(5_000);
    const health = { name: 'greetings', keys: 2, oldestMs: 5_000, failures: 0, trouble: null };
    expect(started.health).toEqual([health]);
    for (const id of ['n1', 'n2']) cluster.state.nodes.delete(id);
    await when(cordon('n3'));
    expect(started.health).toMatchObject([{ keys: 0, oldestMs: 0 }]);
  });

  it('warns of a bug, and of nothing that others say by themselves', async () => {
    const { greeting, ports, supervisor: started, warnings } = scene('n1');
    greeting.outcome = () => Promise.reject(new TypeError('a bug'));
    greeting.answer = greet;
    started.start();
    await ports.advance(0);
    expect(warnings).toEqual(['greetings: TypeError: a bug']);
    const notLeading = new OakringError({ code: 'not-leading', detail: 'somebody else' });
    greeting.outcome = () => Promise.reject(notLeading);
    await ports.advance(10_000);
    expect(warnings).toHaveLength(1);
    expect(started.health).toMatchObject([{ failures: 1 }]);
  });

  it('says once that steps fail again and again, and that they go on, and shows it in between', async () => {
    const { greeting, ports, supervisor: started, warnings } = scene('n1', 'n2');
    const full = new OakringError({ code: 'log-unavailable', detail: 'The disk is full.' });
    greeting.answer = greet;
    greeting.outcome = () => Promise.reject(full);
    started.start();
    const sinceMs = ports.clock.wallMs();
    await ports.advance(1);
    expect(started.health).toMatchObject([{ failures: 2, trouble: null }]);
    await ports.advance(30_000);
    expect(warnings).toEqual(['greetings: The disk is full. It is tried again.']);
    const trouble = { sinceMs, reason: 'The disk is full.' };
    expect(started.health).toMatchObject([{ trouble }]);
    greeting.outcome = async () => 'again';
    await ports.advance(15_000);
    expect(warnings.slice(1)).toEqual(['greetings: it goes on.']);
    expect(started.health).toMatchObject([{ trouble: null }]);
  });

  it('takes no trouble of what is gone, or is not to be done any more', async () => {
    const { greeting, cluster, ports, supervisor: started, when } = scene('n1', 'n2');
    const full = new OakringError({ code: 'log-unavailable', detail: 'The disk is full.' });
    greeting.answer = greet;
    greeting.outcome = () => Promise.reject(full);
    started.start();
    await ports.advance(30_000);
    cluster.state.nodes.delete('n1');
    greeting.answer = () => ({ step: null, againMs: null });
    await when(cordon('n2'));
    await ports.advance(31_000);
    expect(started.health).toMatchObject([{ keys: 1, trouble: null }]);
  });

  it('does nothing more once it is stopped', async () => {
    const { greeting, ports, supervisor: started, when } = scene('n1');
    greeting.answer = greet;
    greeting.outcome = async () => 'again';
    started.start();
    await ports.advance(1);
    await started.stop();
    await when(registerNode('n2'));
    await ports.advance(60_000);
    expect(greeting.greeted).toEqual([['n1']]);
  });
});

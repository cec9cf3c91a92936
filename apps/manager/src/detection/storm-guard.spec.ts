import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeStatus } from '@oakring/contracts';
import type { NodeRecord } from '@oakring/model';
import { StormGuard } from './storm-guard.js';

let nowMs: number;
let seenMs: Map<string, number>;
let guard: StormGuard;
/** Nodes that carry nothing. */
let empty: Set<string>;

beforeEach(() => {
  nowMs = 100_000;
  seenMs = new Map();
  empty = new Set();
  guard = new StormGuard(
    { monotonicMs: () => nowMs, wallMs: () => nowMs },
    { lastSeenMonotonicMs: (id) => seenMs.get(id) ?? null, usualIntervalMs: () => 2_000 },
    (id) => !empty.has(id),
  );
});

describe('A storm', () => {
  it('is more than a fifth of the nodes that were ready, and at least three', () => {
    ready(20);
    later(40_000);
    down('n1', 'n2', 'n3', 'n4');
    expect(guard.isTooMany(guard.assess())).toBe(false);
    down('n5');
    expect(guard.assess()).toEqual({ silent: 5, ready: 20 });
    expect(guard.isTooMany(guard.assess())).toBe(true);
  });

  it('does not count nodes that carry nothing, however many fall silent', () => {
    ready(40);
    for (let n = 11; n <= 40; n += 1) empty.add(`n${n}`);
    later(40_000);
    down('n1', ...empty);
    expect(guard.assess()).toEqual({ silent: 1, ready: 10 });
  });

  it('is not kept alive by nodes that carry nothing and fall silent in turn', () => {
    ready(100);
    for (let n = 11; n <= 100; n += 1) empty.add(`n${n}`);
    later(40_000);
    down('n1', 'n2', 'n3');
    guard.storm();
    let lastedMs = 0;
    for (const id of empty) {
      later(1_000);
      down(id);
      lastedMs += 1_000;
      if (guard.isQuiet()) break;
    }
    expect(lastedMs).toBe(30_000);
    guard.calm();
    expect(guard.isTooMany(guard.assess())).toBe(false);
  });

  it('ends after five minutes, though further nodes fall silent all the time', () => {
    ready(100);
    later(40_000);
    guard.storm();
    let lastedMs = 0;
    for (let n = 1; n <= 100 && !guard.isQuiet(); n += 1) {
      later(20_000);
      lastedMs += 20_000;
      down(`n${n}`);
    }
    expect(lastedMs).toBe(300_000);
    expect(guard.whyOver).toBe('it lasted for five minutes');
  });

  it('is never two nodes, however few there are', () => {
    ready(2);
    later(40_000);
    down('n1', 'n2');
    expect(guard.isTooMany(guard.assess())).toBe(false);
  });

  it('counts those that miss their own usual interval, before they are suspect', () => {
    ready(10);
    later(40_000);
    nowMs += 3_001;
    for (let n = 4; n <= 10; n += 1) seenMs.set(`n${n}`, nowMs);
    expect(guard.assess()).toEqual({ silent: 3, ready: 10 });
  });

  it('does not count who was silent before, nor who came since', () => {
    ready(10);
    later(40_000);
    down('n1', 'n2', 'n3');
    later(31_000);
    note('n11', 'ready');
    expect(guard.assess()).toEqual({ silent: 0, ready: 7 });
  });

  it('ends although one of a thousand nodes misses a single reading every now and then', () => {
    ready(1_000);
    guard.storm();
    let isOver = false;
    for (let second = 0; second < 60 && !isOver; second += 1) {
      nowMs += 1_000;
      const missing = `n${Math.floor(second / 20) + 1}`;
      for (let n = 1; n <= 1_000; n += 1) {
        if ((second + n) % 2 === 0 && !(second % 20 < 2 && `n${n}` === missing)) {
          seenMs.set(`n${n}`, nowMs);
        }
      }
      isOver = guard.isQuiet();
    }
    expect(isOver).toBe(true);
  });

  it('ends although one node comes and goes all the time', () => {
    ready(10);
    guard.storm();
    let isOver = false;
    for (let second = 0; second < 90 && !isOver; second += 1) {
      nowMs += 1_000;
      for (let n = 2; n <= 10; n += 1) seenMs.set(`n${n}`, nowMs);
      note('n1', second % 20 < 10 ? 'suspect' : 'ready');
      if (second % 20 >= 10) seenMs.set('n1', nowMs);
      isOver = guard.isQuiet();
    }
    expect(isOver).toBe(true);
  });

  it('does not count who stopped on purpose', () => {
    ready(10);
    later(40_000);
    for (const id of ['n1', 'n2', 'n3', 'n4']) {
      note(id, 'disconnected', true);
    }
    expect(guard.assess()).toEqual({ silent: 0, ready: 6 });
  });

  it('in our first half minute counts who was ready in the view, or since', () => {
    guard.begin([
      node('n1', 'ready'),
      node('n2', 'ready'),
      node('n3', 'ready'),
      node('n4', 'lost'),
    ]);
    later(1_000);
    down('n1', 'n2', 'n3');
    expect(guard.assess()).toEqual({ silent: 3, ready: 3 });
  });
});

describe('While it lasts', () => {
  it('nobody may step, and it ends when no further node fell silent for 30 s', () => {
    ready(10);
    later(40_000);
    down('n1', 'n2', 'n3');
    guard.storm();
    expect(guard.mayStep('n1')).toBe(false);
    later(20_000);
    down('n4');
    later(29_000);
    expect(guard.isQuiet()).toBe(false);
    later(1_000);
    expect(guard.isQuiet()).toBe(true);
  });

  it('a ready node that misses its interval is a further one', () => {
    ready(10);
    later(40_000);
    guard.storm();
    later(29_000, ['n10']);
    expect(guard.isQuiet()).toBe(false);
    later(29_999, ['n10']);
    expect(guard.isQuiet()).toBe(false);
  });
});

describe('After it', () => {
  it('those still silent go their way at 50 a second', () => {
    ready(300);
    later(40_000);
    const gone = Array.from({ length: 200 }, (_, index) => `n${index + 1}`);
    down(...gone);
    guard.storm();
    guard.calm();
    expect(guard.stillSilent).toBe(200);
    const free = (): number => gone.filter((id) => guard.mayStep(id)).length;
    expect(free()).toBe(0);
    expect(guard.mayStep('n250')).toBe(true);
    nowMs += 1_000;
    expect(free()).toBe(50);
    nowMs += 3_000;
    expect(free()).toBe(200);
  });

  it('one that carries something does not wait behind those that carry nothing', () => {
    ready(300);
    for (let n = 1; n <= 299; n += 1) empty.add(`n${n}`);
    later(40_000);
    down(...empty, 'n300');
    guard.storm();
    guard.calm();
    nowMs += 20;
    expect(guard.mayStep('n300')).toBe(true);
    expect(guard.mayStep('n1')).toBe(false);
  });

  it('one that came back meanwhile is not held any more', () => {
    ready(10);
    later(40_000);
    down('n1', 'n2', 'n3');
    guard.storm();
    guard.calm();
    note('n1', 'ready');
    note('n1', 'suspect');
    expect(guard.mayStep('n1')).toBe(true);
    expect(guard.mayStep('n2')).toBe(false);
  });
});

/** Time passes, and everybody that is ready is heard but for some. */
function later(ms: number, silent: readonly string[] = []): void {
  nowMs += ms;
  for (const id of seenMs.keys()) if (!silent.includes(id)) seenMs.set(id, nowMs);
}

function ready(count: number): void {
  for (let n = 1; n <= count; n += 1) {
    seenMs.set(`n${n}`, nowMs);
    note(`n${n}`, 'ready');
  }
}

function down(...ids: string[]): void {
  for (const id of ids) {
    seenMs.delete(id);
    note(id, 'suspect');
  }
}

function note(id: string, status: NodeStatus, stopped = false): void {
  guard.note(node(id, status, stopped));
}

function node(id: string, status: NodeStatus, stopped = false): NodeRecord {
  // The guard looks at these only.
  return { id, status, stopped } as NodeRecord;
}

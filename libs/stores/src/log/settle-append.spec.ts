import { describe, expect, it } from '@jest/globals';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import fc from 'fast-check';
import { emptyHead, type Commit } from '@oakring/events';
import type { AppendOutcome } from './event-log.port.js';
import { commitMaker } from '@oakring/events/testing';
import { settleAppend, type RemoteCommits } from './settle-append.js';

/** What the network does to one call. */
type Fate = 'works' | 'lost before' | 'lost after' | 'late';

/** A store at the end of a bad line: what it did and what we hear of it are two things. */
class BadLine implements RemoteCommits {
  readonly stored = new Map<number, Commit>();
  /** Writes that are still on their way when the caller has given up waiting for them. */
  private readonly underway: Commit[] = [];

  constructor(private readonly fates: Iterator<Fate>) {}

  async insert(commit: Commit): Promise<{ status: 'inserted' }> {
    const fate = this.nextFate();
    if (fate === 'lost before') throw new Error('timed out');
    if (fate === 'late') {
      this.underway.push(commit);
      throw new Error('timed out');
    }
    this.put(commit);
    if (fate === 'lost after') throw new Error('timed out');
    return { status: 'inserted' };
  }

  async at(position: number): Promise<Commit | null> {
    const fate = this.nextFate();
    const found = this.stored.get(position) ?? null;
    // It arrives after it was looked for, the worst moment.
    for (const late of this.underway.splice(0)) this.putQuietly(late);
    if (fate !== 'works') throw new Error('timed out');
    return found;
  }

  private put(commit: Commit): void {
    if (this.stored.has(commit.position)) throw new Error('duplicate key');
    this.stored.set(commit.position, commit);
  }

  private putQuietly(commit: Commit): void {
    if (!this.stored.has(commit.position)) this.stored.set(commit.position, commit);
  }

  private nextFate(): Fate {
    const next = this.fates.next();
    return next.done === true ? 'works' : next.value;
  }
}

const fates = fc.array(fc.constantFrom<Fate>('works', 'lost before', 'lost after', 'late'), {
  maxLength: 20,
});

async function settled(commit: Commit, store: RemoteCommits): Promise<AppendOutcome> {
  const ports = simulatedPorts(1);
  let outcome: AppendOutcome | null = null;
  const settling = settleAppend(commit, store, {
    timers: ports.timers,
    signal: new AbortController().signal,
  }).then((found) => (outcome = found));
  while (outcome === null) await ports.advance(1_000);
  return settling;
}

describe('an append over a bad line', () => {
  const seed = 20_261_123;

  it('says appended, and is stored exactly once, whatever is lost on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fates, async (fate) => {
        const commit = commitMaker(emptyHead).next(['a']);
        const store = new BadLine(fate.values());
        expect(await settled(commit, store)).toEqual({ status: 'appended' });
        expect([...store.stored.values()]).toEqual([commit]);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('of two with one position, one is appended and the other told whose it is', async () => {
    await fc.assert(
      fc.asyncProperty(fates, fc.boolean(), async (fate, isFirst) => {
        const maker = commitMaker(emptyHead);
        const theirs = maker.next(['a'], { epoch: 2 });
        const ours = maker.next(['b'], { epoch: 1 });
        const store = new BadLine(fate.values());
        if (!isFirst) store.stored.set(1, theirs);
        const racing = [settled(ours, store)];
        if (isFirst) racing.push(settled(theirs, store));
        const outcomes = await Promise.all(racing);
        const winner = store.stored.get(1);
        const isOurs = winner === ours;
        expect(outcomes[0]?.status).toBe(isOurs ? 'appended' : 'deposed');
        if (!isOurs) expect(outcomes[0]).toMatchObject({ head: { epoch: 2, position: 1 } });
        if (isFirst) expect(outcomes[1]?.status).toBe(isOurs ? 'deposed' : 'appended');
      }),
      { seed, numRuns: 300 },
    );
  });

  it('is unavailable only when the store refuses it for certain, and was never unclear', async () => {
    const commit = commitMaker(emptyHead).next(['a']);
    const refusing = {
      insert: async () => ({ status: 'refused', reason: 'no room' }) as const,
      at: async () => null,
    };
    expect(await settled(commit, refusing)).toEqual({ status: 'unavailable', reason: 'no room' });
    let attempts = 0;
    const store = new BadLine([].values());
    const unclearFirst: RemoteCommits = {
      insert: async (given) => {
        attempts += 1;
        if (attempts === 1) throw new Error('timed out');
        if (attempts === 2) return { status: 'refused', reason: 'no room' };
        return store.insert(given);
      },
      at: (position) => store.at(position),
    };
    expect(await settled(commit, unclearFirst)).toEqual({ status: 'appended' });
  });

  it('gives up only when it is told to, and then does not say what it does not know', async () => {
    const ports = simulatedPorts(1);
    const stopping = new AbortController();
    const away = {
      insert: () => Promise.reject(new Error('away')),
      at: () => Promise.reject(new Error('away')),
    };
    const chance = seededRandomness(seed);
    const commit = commitMaker(emptyHead).next(['a']);
    const held = settleAppend(commit, away, { timers: ports.timers, signal: stopping.signal });
    const rejected = expect(held).rejects.toThrow('closed');
    for (let wait = 0; wait < 20; wait += 1) await ports.advance(chance.integer(60_000));
    stopping.abort();
    await rejected;
  });
});

import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { Publications } from './publications.js';

describe('What was published and is not confirmed', () => {
  it('is overdue for as long as the oldest of it waits', async () => {
    const ports = simulatedPorts(1);
    const publications = new Publications(ports.clock);
    const confirm: (() => void)[] = [];
    const publish = () => publications.take(1, (done) => confirm.push(done));
    const all = [publish()];
    await ports.advance(3_000);
    all.push(publish());
    await ports.advance(2_000);
    expect(publications.overdueMs).toBe(5_000);
    confirm[0]?.();
    expect(publications.overdueMs).toBe(2_000);
    confirm[1]?.();
    expect(publications.overdueMs).toBe(0);
    await Promise.all(all);
  });

  it('is no more than the broker takes at once; the rest follows in turn, or not at all', async () => {
    const publications = new Publications(simulatedPorts(1).clock);
    publications.mostAtOnce = 2;
    const sent: string[] = [];
    const confirm: (() => void)[] = [];
    const [a, b, c] = ['a', 'b', 'c'].map((name) =>
      publications.take(1, (done) => {
        sent.push(name);
        confirm.push(() => done(null, 'unheard'));
      }),
    );
    expect(sent).toEqual(['a', 'b']);
    confirm[0]?.();
    expect(await a).toBe('unheard');
    expect(sent).toEqual(['a', 'b', 'c']);
    publications.mostAtOnce = 0;
    confirm[2]?.();
    await c;
    const late = publications.take(100, () => sent.push('late'));
    publications.abandon('it ended');
    expect(await Promise.allSettled([b, late])).toMatchObject([
      { reason: { code: 'broker-unreachable' } },
      { reason: { code: 'broker-unreachable' } },
    ]);
    expect(sent).not.toContain('late');
    // What was never sent is not why a broker has closed.
    expect(publications.largestLostBytes).toBe(1);
  });

  it('holds up nothing that is never confirmed, and is not held up by it', async () => {
    const publications = new Publications(simulatedPorts(1).clock);
    publications.mostAtOnce = 1;
    const sent: string[] = [];
    const confirm: (() => void)[] = [];
    const order = (name: string) =>
      publications.take(1, (done) => {
        sent.push(name);
        confirm.push(done);
      });
    const orders = [order('a'), order('b')];
    const grant = publications.take(1, (done) => [sent.push('grant'), done()], {
      unconfirmed: true,
    });
    await grant;
    expect(sent).toEqual(['a', 'grant']);
    for (const each of orders) {
      confirm.shift()?.();
      await each;
    }
    expect(sent).toEqual(['a', 'grant', 'b']);
  });
});

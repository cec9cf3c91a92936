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
});

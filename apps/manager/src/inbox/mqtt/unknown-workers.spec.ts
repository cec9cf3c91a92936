import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { UnknownWorkers } from './unknown-workers.js';

describe('A worker under an id that nobody knows', () => {
  it('is among the dead letters once a minute, with what it says that it runs', async () => {
    const ports = simulatedPorts();
    const letters = await DeadLetters.open(null, ports);
    const unknown = new UnknownWorkers(letters, ports);
    const speak = (nodeId: string, count: number): void => {
      const instances = Array.from({ length: count }, (_each, instance) => ({
        ...({ name: 'a.b', instance, status: 'running' } as const),
      }));
      const message = { nodeId, topic: `nodes/${nodeId}/jobs/resources`, retained: false };
      unknown.heard({
        message: { ...message, payload: Buffer.from('{}') },
        said: { list: 'resources', instances },
      });
    };
    for (let second = 0; second < 90; second += 1) {
      speak('x', 12);
      if (second === 0) speak('y', 0);
      await ports.advance(1_000);
    }
    expect(unknown.list()).toEqual([
      expect.objectContaining({ id: 'x', instances: 12, runs: expect.arrayContaining(['a.b/9']) }),
      expect.objectContaining({ id: 'y', instances: 0, runs: [] }),
    ]);
    const told = letters.list(10);
    expect(told.map(({ topic }) => topic.split('/')[1])).toEqual(['x', 'y', 'x']);
    expect(told[0]).toMatchObject({
      ...{ code: 'node-unknown', reason: expect.stringContaining('a.b/9 and 2 more') },
    });
    await ports.advance(600_001);
    expect(unknown.list()).toEqual([]);
    expect(told[1]?.reason).toContain('runs nothing');
  });
});

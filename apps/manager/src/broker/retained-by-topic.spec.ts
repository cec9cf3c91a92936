import { describe, expect, it } from '@jest/globals';
import type { AedesPersistence } from 'aedes-persistence';
import { persistenceByTopic } from './retained-by-topic.js';

describe('What the broker retains', () => {
  it('is given to a subscription to its topic, and to a pattern that matches', async () => {
    const persistence = persistenceByTopic();
    retain(persistence, 'nodes/a/status', 'offline');
    retain(persistence, 'nodes/b/status', 'online');
    expect(await retained(persistence, ['nodes/a/status'])).toEqual(['offline']);
    expect(await retained(persistence, ['nodes/a/controls', 'nodes/b/status'])).toEqual(['online']);
    expect(await retained(persistence, ['nodes/+/status'])).toEqual(['offline', 'online']);
    expect(await retained(persistence, ['nodes/c/status'])).toEqual([]);
  });

  it('is replaced by what comes later, and gone with an empty message', async () => {
    const persistence = persistenceByTopic();
    retain(persistence, 'nodes/a/status', 'offline');
    retain(persistence, 'nodes/a/status', 'online');
    expect(await retained(persistence, ['nodes/a/status'])).toEqual(['online']);
    retain(persistence, 'nodes/a/status', '');
    expect(await retained(persistence, ['nodes/a/status'])).toEqual([]);
    expect(await retained(persistence, ['#'])).toEqual([]);
  });
});

function retain(persistence: AedesPersistence, topic: string, text: string): void {
  const packet = { topic, payload: Buffer.from(text), qos: 1, retain: true, cmd: 'publish' };
  persistence.storeRetained(packet as never, undefined as never);
}

async function retained(persistence: AedesPersistence, topics: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const packet of persistence.createRetainedStreamCombi(topics)) {
    found.push(String((packet as { payload: Buffer }).payload));
  }
  return found;
}

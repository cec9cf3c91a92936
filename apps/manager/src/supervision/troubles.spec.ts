import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { Troubles } from './troubles.js';

function scene() {
  const ports = simulatedPorts();
  const said: string[] = [];
  const troubles = new Troubles('seals', ports.clock, (line) => said.push(line));
  return { ports, said, troubles };
}

describe('What a process fails to do', () => {
  it('is no trouble the first time', () => {
    const { said, troubles } = scene();
    troubles.add('ledger', 'The disk is full.');
    expect([troubles.longest, said]).toEqual([null, []]);
  });

  it('is said once for all keys, and shown with the one that has failed for longest', async () => {
    const { ports, said, troubles } = scene();
    const sinceMs = ports.clock.wallMs();
    for (let time = 0; time < 5; time += 1) {
      for (const key of ['a', 'b']) troubles.add(key, `${key} is full.`);
      await ports.advance(1_000);
    }
    expect(said).toEqual(['seals: a is full. It is tried again.']);
    expect(troubles.longest).toEqual({ sinceMs, reason: 'a is full.' });
    troubles.over('a');
    expect(troubles.longest).toEqual({ sinceMs, reason: 'b is full.' });
    troubles.over('b');
    expect([troubles.longest, said.slice(1)]).toEqual([null, ['seals: it goes on.']]);
  });

  it('is over when it was not tried again for half a minute', async () => {
    const { ports, said, troubles } = scene();
    for (let time = 0; time < 2; time += 1) troubles.add('a', 'Away.');
    await ports.advance(29_999);
    troubles.review();
    expect(troubles.longest).not.toBeNull();
    await ports.advance(1);
    expect(troubles.longest).toBeNull();
    troubles.review();
    expect(said.slice(1)).toEqual(['seals: it goes on.']);
  });

  it('is said the first time where it is a bug, and each bug once', () => {
    const { said, troubles } = scene();
    for (const bug of ['TypeError: one', 'TypeError: one', 'TypeError: two']) {
      troubles.tellNow(bug);
      troubles.add('a', bug);
    }
    expect(said).toEqual(['seals: TypeError: one', 'seals: TypeError: two']);
  });
});

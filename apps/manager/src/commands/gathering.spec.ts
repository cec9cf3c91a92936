import { expect, it } from '@jest/globals';
import { maxCommitBytes } from '@oakring/events';
import type { Command } from './command.js';
import { byTest, given, ready } from '../testing/given.js';
import { Deciding } from './decide/deciding.js';
import { decideGathered, type Gathered } from './gathering.js';
import type { Waiting } from './waiting.js';

it('What thousands hand in at once is spread over commits that a store can take', () => {
  const ids = Array.from({ length: 200 }, (_, number) => `n${number}`);
  const cluster = given(...ids.flatMap((id) => ready(id)));
  const deciding = new Deciding(cluster.state, 10_000, 1_700_000_000_000);
  const entries = Array.from({ length: 95 }, (_, index) => ({
    ...{ sequence: index + 1, at: '2026-01-01T00:00:00.000Z', kind: 'failed' },
    detail: 'x'.repeat(540),
  }));
  const waiting = ids.map((nodeId) => ({
    origin: byTest,
    command: { type: 'RecordHistory', nodeId, history: { incarnation: 1, from: 1, entries } },
  })) as unknown as (Waiting & { readonly command: Command })[];
  const gathered: Gathered = { decisions: [], commands: [], attempted: 0 };
  decideGathered(deciding, waiting, gathered);
  expect(deciding.events.length).toBeGreaterThan(5);
  expect(JSON.stringify(deciding.events).length).toBeLessThan(maxCommitBytes + 100_000);
});

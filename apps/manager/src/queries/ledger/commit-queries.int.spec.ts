import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeStoredCommit } from '@oakring/events';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { registerNode } from '../../testing/given.js';

/** More than are read in one go. */
const nodes = 150;
let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
  for (let node = 0; node < nodes; node += 1) await manager.submit(registerNode(`n${node}`));
});
afterEach(() => manager.close());

describe('GET /api/v1/ledger/commits', () => {
  it('is the ledger as it is stored, from any position to any', async () => {
    const commits = await manager.log.read({ from: 1, limit: 1_000 });
    const lines = commits.map(encodeStoredCommit);
    const end = lines.length;
    for (const [query, expected] of [
      ['', lines],
      ['?from=149', lines.slice(148)],
      [`?from=2&to=140`, lines.slice(1, 140)],
      [`?from=${end}`, lines.slice(-1)],
      [`?from=${end + 1}`, []],
    ] as const) {
      const answer = await manager.get(`/api/v1/ledger/commits${query}`);
      expect(answer.headers.get('oakring-position')).toBe(String(end));
      expect((await answer.text()).split('\n').slice(0, -1)).toEqual(expected);
    }
  });

  it('refuses positions that there are not', async () => {
    const { position: end } = await manager.log.head();
    for (const query of [`from=${end + 2}`, `to=${end + 1}`, 'from=0', 'from=9&to=3', 'from=x']) {
      const answer = await manager.get(`/api/v1/ledger/commits?${query}`);
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { code: 'position-invalid' },
      ]);
    }
  });
});

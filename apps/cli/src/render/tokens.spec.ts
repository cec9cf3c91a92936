import { describe, expect, it } from '@jest/globals';
import { renderWhoAmI } from './tokens.js';

describe('Whose token it is', () => {
  it('tells of the credential of a machine that it does not end by itself', () => {
    const me = { name: 'admin-1', role: 'admin', jobs: 'all', nodes: null } as const;
    const ending = (expires: string | null): string =>
      renderWhoAmI({ ...me, permissions: [], expires });
    expect(ending('9999-12-31T23:59:59.000Z')).toMatch(/^expires +never$/m);
    expect(ending('2026-11-30T00:00:00.000Z')).toMatch(/^expires +2026-11-30T00:00:00\.000Z$/m);
    expect(ending(null)).toMatch(/^expires +with the setting/m);
  });
});

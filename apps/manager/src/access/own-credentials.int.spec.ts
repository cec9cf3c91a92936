import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ClusterState } from '@oakring/model';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOwnCredentials } from './own-credentials.js';
import { isToken } from '@oakring/host';

describe("A manager's own credentials", () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'oakring-own-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const opened = (state = new ClusterState(false)) =>
    openOwnCredentials(data, { fingerprint: '0123456789abcdef', withBroker: true }, state);

  it('are made once, each called by the key of the manager', () => {
    const { admin, scheduler, isNew } = opened();
    expect([admin, scheduler]).toMatchObject([
      { name: 'admin-01234567', role: 'admin' },
      { name: 'scheduler-01234567', role: 'scheduler' },
    ]);
    expect([isNew, isToken(admin.token), isToken(scheduler.token)]).toEqual([true, true, true]);
    expect(admin.token).not.toBe(scheduler.token);
    expect(opened()).toEqual({ ...opened(), admin, scheduler, isNew: false });
  });

  it('are others once they were revoked, or are older than a restore', () => {
    const before = opened();
    const state = new ClusterState(false);
    const { name, role, hash } = before.admin;
    const given = {
      by: null,
      at: 1,
      expiresAt: 9,
      nodes: null,
      joins: null,
      position: 1,
      index: 0,
    };
    state.tokensOfHash.add(hash, name);
    state.tokens.set(name, { ...given, name, role, hash, revoked: null });
    expect(opened(state).admin).toEqual(before.admin);
    state.tokens.set(name, { ...given, name, role, hash, revoked: { at: 2, by: 'api/anna' } });
    const after = opened(state);
    expect([after.isNew, after.scheduler]).toEqual([true, before.scheduler]);
    expect(after.admin.token).not.toBe(before.admin.token);
    expect(readFileSync(join(data, 'credentials', 'admin.token'), 'utf8').trim()).toBe(
      after.admin.token,
    );
  });

  it('are others where somebody else may have read them, or what lies there is no token', () => {
    const before = opened();
    chmodSync(join(before.folder, 'admin.token'), 0o644);
    writeFileSync(join(before.folder, 'scheduler.token'), 'nonsense\n');
    const after = opened();
    expect(after.isNew).toBe(true);
    expect(after.admin.token).not.toBe(before.admin.token);
    expect(isToken(after.scheduler.token)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { hashOfToken, newToken } from '@oakring/host';
import { ClusterState } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import { Projection } from '../views/projection.js';
import { callerText } from './caller.js';
import { Identities } from './identities.js';

const ports = simulatedPorts(1);
const token = newToken();
const own = { folder: '/data/credentials', admin: { hash: hashOfToken(token) } };

function known(state = new ClusterState(false), isOpen = false) {
  const asked = { token: null, inner: 'inner', isOpen, own };
  const identities = new Identities(asked, new Projection(state, ports), ports.clock);
  const asking = (shown: string | null): string => {
    const caller = identities.ofBearer(shown);
    return caller instanceof OakringError ? caller.message : `${caller.name}: ${caller.role}`;
  };
  return { identities, asking };
}

function withOwn(revoked: { at: number; by: null } | null): ClusterState {
  const state = new ClusterState(false);
  const [name, role, { hash }] = ['admin-1', 'admin', own.admin];
  const given = { by: null, at: 1, expiresAt: 253_402_300_799_000, nodes: null, joins: null };
  state.tokens.set(name, { ...given, name, role, hash, revoked, position: 1, index: 0 });
  state.tokensOfHash.add(hash, name);
  return state;
}

describe('A manager that is closed', () => {
  it('knows nobody by nothing, and the scheduler in its process by what only that one has', () => {
    const { asking } = known(withOwn(null));
    expect(asking(null)).toContain('shows no token');
    expect(asking('nobody')).toContain('not known here');
    expect(asking('inner')).toBe('scheduler: scheduler');
    expect(asking(token)).toBe('admin-1: admin');
  });

  it('says of a token of its own that it has not led yet, and names no place where there is one that counts', () => {
    const { identities, asking } = known();
    expect(asking(token)).toContain('it counts once it has');
    expect(identities.place).toBeNull();
    expect(known(withOwn(null)).identities.place).toBe(own.folder);
    const revoked = known(withOwn({ at: 2, by: null }));
    expect(revoked.identities.place).toBeNull();
    expect(revoked.asking(token)).toContain('the next start of its manager makes another one');
  });

  it('knows the scheduler in the process of a manager that follows it, as a scheduler and nothing more', () => {
    const { identities } = known();
    const caller = identities.ofBearer('inner');
    if (caller instanceof OakringError) throw caller;
    expect(identities.ofManager(callerText(caller))).toEqual(caller);
    expect(caller.role).toBe('scheduler');
  });

  it('takes nobody for the open caller that another manager says they are', () => {
    expect(known().identities.ofManager('nothing')).toBeInstanceOf(OakringError);
    expect(known(undefined, true).identities.ofManager('nothing')).toMatchObject({ name: 'open' });
    // No setting names a token.
    for (const isOpen of [true, false]) {
      const { identities } = known(undefined, isOpen);
      expect(identities.ofManager('setting')).toBeInstanceOf(OakringError);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { tokenName } from './names.js';
import {
  isRole,
  longestTokenMs,
  permissionNames,
  permissionsOf,
  roleNames,
  rolesWith,
  tokenRoles,
  usualTokenMs,
} from './roles.js';

describe('The table of roles', () => {
  it('gives every permission to somebody, and that of giving tokens to the admin alone', () => {
    expect(permissionNames.filter((name) => rolesWith(name).length === 0)).toEqual([]);
    expect(rolesWith('access:write')).toEqual(['admin']);
    expect(rolesWith('ledger:write')).toEqual(['admin']);
  });

  it('lets no token hold for ever, and those that may most, or are needed once, the shortest', () => {
    const usual = tokenRoles.map((role) => usualTokenMs(role));
    expect(Math.max(...usual)).toBeLessThan(longestTokenMs);
    expect(tokenRoles.toSorted((a, b) => usualTokenMs(a) - usualTokenMs(b)).slice(0, 2)).toEqual([
      'join',
      'admin',
    ]);
  });

  it('has one role that no token is given: a node is one by its own credential', () => {
    expect(roleNames.filter((role) => !tokenRoles.some((each) => each === role))).toEqual(['node']);
  });

  it('takes from whoever is limited to some nodes what is about nodes that cannot be told', () => {
    const lost = permissionsOf('operator').filter(
      (each) => !permissionsOf('operator', true).includes(each),
    );
    expect(lost).toEqual(['cluster:import', 'nodes:register']);
  });

  it('knows no role that is not in it, however it is called', () => {
    expect(['king', '', 'constructor', '__proto__', 'Admin'].filter(isRole)).toEqual([]);
  });
});

describe('The name of a token', () => {
  it.each(['ci', 'berlin-2', 'a.b_c', 'token1', 'opening'])('may be %s', (name) => {
    expect(tokenName.test(name)).toBe(true);
  });

  it.each(['', 'token', 'open', 'CI', '-a', 'a b', 'a/b', 'a\n', 'ä', 'a'.repeat(64)])(
    'is never %j',
    (name) => {
      expect(tokenName.test(name)).toBe(false);
    },
  );
});

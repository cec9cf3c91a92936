import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { brokerTokens } from './broker-tokens.js';
import { openCaller, settingCaller, type Caller } from './caller.js';

const anna: Caller = { name: 'anna', role: 'operator', nodes: null, by: { hash: 'a' } };
const callers: Readonly<Record<string, Caller>> = {
  ...{ anna, setting: settingCaller, whatever: openCaller },
  ofZone: { ...anna, nodes: { zone: 'a' } },
  reader: { ...anna, role: 'auditor' },
};

describe('A token as the password at the broker', () => {
  const revoked = new Set<string>();
  const ask = brokerTokens({
    ofBearer: (token) =>
      callers[token ?? ''] ?? new OakringError({ code: 'unauthorized', detail: 'unknown' }),
    stands: ({ name }) => !revoked.has(name),
  });

  it('lets whoever may register nodes speak for them, for as long as it holds', () => {
    const stands = ask('anna');
    expect([stands?.(), ask('setting')?.()]).toEqual([true, true]);
    revoked.add('anna');
    expect(stands?.()).toBe(false);
  });

  it.each(['ofZone', 'reader', 'whatever', 'unknown', ''])('is none of these: %s', (token) => {
    expect(ask(token)).toBeNull();
  });
});

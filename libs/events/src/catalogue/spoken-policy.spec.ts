import { describe, expect, it } from '@jest/globals';
import { defaultPolicy } from '@oakring/contracts';
import { spokenPolicy, wholePolicy } from './spoken-policy.js';

describe('The policy of a job in events', () => {
  it('says nothing of what is as usual', () => {
    expect(spokenPolicy(defaultPolicy)).toEqual({});
  });

  it('is whole again when it is read, whatever differed', () => {
    const policy = {
      ...defaultPolicy,
      onDisconnect: { ...defaultPolicy.onDisconnect, lostAfterMs: null },
      oneShot: true,
    };
    const { onDisconnect, oneShot } = policy;
    expect(spokenPolicy(policy)).toEqual({ onDisconnect, oneShot });
    expect(wholePolicy(spokenPolicy(policy))).toEqual(policy);
    expect(wholePolicy(policy)).toEqual(policy);
  });
});

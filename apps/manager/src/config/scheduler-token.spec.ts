import { describe, expect, it } from '@jest/globals';
import { readManagerSettings, schedulerKnowsToken, shownToScheduler } from './manager-settings.js';

const elsewhere = { OAKRING_SCHEDULER_URL: 'http://10.0.0.9:10105', OAKRING_TOKEN: 'admin' };

describe('What a scheduler is shown', () => {
  it('is its own token, where there is one', () => {
    const own = readManagerSettings({ ...elsewhere, OAKRING_SCHEDULER_TOKEN: 'own' });
    expect([shownToScheduler(own), schedulerKnowsToken(own)]).toEqual(['own', null]);
    const none = readManagerSettings({});
    expect([shownToScheduler(none), schedulerKnowsToken(none)]).toEqual([null, null]);
  });

  it.each([{}, { OAKRING_SCHEDULER_TOKEN: 'admin' }])(
    'is told of where it opens the manager as well, and is elsewhere: %j',
    (env) => {
      const settings = readManagerSettings({ ...elsewhere, ...env });
      expect(shownToScheduler(settings)).toBe('admin');
      expect(schedulerKnowsToken(settings)).toMatch(/OAKRING_TOKEN.* http:\/\/10.0.0.9:10105/);
      expect(schedulerKnowsToken({ ...settings, schedulerUrl: null })).toBeNull();
    },
  );
});

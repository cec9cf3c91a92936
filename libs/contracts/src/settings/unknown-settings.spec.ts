import { describe, expect, it } from '@jest/globals';
import { unknownSettings } from './unknown-settings.js';

describe('A variable that looks like a setting', () => {
  it.each([
    ['OAKRING_TOKN', 'OAKRING_TOKN is no setting and has no effect; OAKRING_TOKEN is one'],
    ['OAKRING_WORKER_LABEL', expect.stringMatching(/; OAKRING_WORKER_LABELS is one$/)],
    ['OAKRING_FAVOURITE_COLOUR', 'OAKRING_FAVOURITE_COLOUR is no setting and has no effect'],
  ])('and is none (%s) is told, with the nearest one', (name, told) => {
    expect(unknownSettings({ [name]: 'hunter2' })).toEqual([told]);
  });

  it('is not told where it is one, or is of our tools, or nobody else could mean us', () => {
    const env = { OAKRING_PORT: '1', OAKRING_WORKER_CPU: '1', OAKRING_SEED: '1' };
    expect(unknownSettings({ ...env, OAKRING_TEST_DOCKER_HOST: 'x', HOME: '/', OAK: '1' })).toEqual(
      [],
    );
  });
});

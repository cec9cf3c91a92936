import { describe, expect, it } from '@jest/globals';
import { takeEnvironment } from './secrets.js';

describe('The secrets of an environment', () => {
  it('are taken out of it, and nothing else is', () => {
    const env: Record<string, string | undefined> = {
      OAKRING_MQTT_PASSWORD: 'p',
      OAKRING_TOKEN: 't',
      OAKRING_STORE: 'mongodb://user:word@host/db',
      OAKRING_URL: 'http://127.0.0.1:10100/a@b',
      HOME: '/root',
    };
    const before = { ...env };
    expect(takeEnvironment(env)).toEqual(before);
    expect(env).toEqual({ OAKRING_URL: before['OAKRING_URL'], HOME: '/root' });
  });
});

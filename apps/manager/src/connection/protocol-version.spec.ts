import { describe, expect, it } from '@jest/globals';
import { ProtocolVersion } from './protocol-version.js';

const failure = (code: unknown) => Object.assign(new Error('it failed'), { code });

describe('The MQTT that a connection asks for', () => {
  it('is 3.1.1 where the broker is known to speak no other', () => {
    expect(new ProtocolVersion().next(false)).toBe(4);
  });

  it('is 5 elsewhere, whatever the connection before ended with', () => {
    const version = new ProtocolVersion();
    expect(version.next(true)).toBe(5);
    version.failed(failure('ECONNREFUSED'));
    version.failed(failure(5));
    version.ended(5, false);
    expect(version.next(true)).toBe(5);
  });

  it.each([1, 132])('is 3.1.1 from then on where the broker refused 5 with %d', (code) => {
    const version = new ProtocolVersion();
    version.failed(failure(code));
    for (const each of [5, 4] as const) {
      version.ended(each, false);
      expect(version.next(true)).toBe(4);
    }
  });

  it('is 3.1.1 once where a broker closed without a word, and 5 again after that', () => {
    const version = new ProtocolVersion();
    version.ended(5, true);
    expect(version.next(true)).toBe(4);
    version.ended(4, true);
    expect(version.next(true)).toBe(5);
  });
});

import { describe, expect, it } from '@jest/globals';
import { knownHosts } from './known-hosts.js';

describe('Hosts that are known', () => {
  const isKnown = knownHosts(['10.1.0.0/16', '192.168.0.7', 'fd00::/8']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.168.0.7', 'fd12::1'])('are %s', (address) => {
    expect(isKnown(address)).toBe(true);
  });

  it.each(['10.2.0.1', '192.168.0.8', 'fe80::1', '::ffff:10.2.0.1', ''])(
    'are not %s',
    (address) => {
      expect(isKnown(address)).toBe(false);
    },
  );

  it('are all, where none is named', () => {
    expect(knownHosts([])('10.2.0.1')).toBe(true);
  });
});

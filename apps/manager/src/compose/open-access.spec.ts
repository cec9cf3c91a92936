import { describe, expect, it } from '@jest/globals';
import { whatIsOpen, whatIsShared } from './open-access.js';

const closed = { allowOpen: false, isOpen: false, mqttUrl: null, mqttUsername: null };

describe('Who may come in', () => {
  it('is everybody where it is open, but as no node that joined', () => {
    expect(whatIsOpen(closed)).toBeNull();
    const open = { ...closed, allowOpen: true, isOpen: true };
    expect(whatIsOpen(open)).toMatch('may speak for any node that never joined');
    expect(whatIsOpen({ ...open, mqttUrl: 'mqtt://elsewhere' })).not.toMatch('broker');
  });

  it('is whoever has what devices share, at the broker in this process', () => {
    const shared = { ...closed, mqttUsername: 'devices' };
    expect(whatIsShared(shared)).toMatch('for any node that never joined');
    expect(whatIsShared(closed)).toBeNull();
    // Of a broker elsewhere it is what the manager shows.
    expect(whatIsShared({ ...shared, mqttUrl: 'mqtt://elsewhere' })).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { cardsIn } from './network-cards.js';

const ip = '10.0.0.7';
const card = 'dc:a6:32:00:00:01';
/** As NodeEngine says it of an interface. */
const said = (name: string, mac: string, address?: string) =>
  JSON.stringify({
    ...{ mtu: 1_500, name, hardwareaddr: mac, flags: ['up'] },
    addrs: address === undefined ? [] : [{ addr: address }],
  });
const numbered = (interfaces: readonly string[]) =>
  Object.fromEntries(interfaces.map((text, at) => [`interface_${at}`, text]));
const two = (number: number) => number.toString(16).padStart(2, '0');
/** Of containers, whose addresses sort before every other one and are others after each start. */
const ofContainers = (count: number, name: (at: number) => string, start = 0) =>
  Array.from({ length: count }, (_each, at) =>
    said(name(at), `0a:${two(start)}:00:00:00:${two(at)}`),
  );

describe('The cards that a machine is known by', () => {
  it('are those that it has itself, however many containers run there', () => {
    const own = [said('lo', ''), said('eth0', card, `${ip}/24`)];
    for (const start of [1, 2]) {
      const all = [...ofContainers(40, (at) => `veth${at}`, start), ...own];
      expect(cardsIn(numbered(all), ip)).toEqual([card]);
    }
  });

  it.each(
    [
      'veth1a2b',
      'br-1a2b',
      'docker0',
      'cni0',
      'flannel.1',
      'cali1',
      'virbr0',
      'vnet3',
      'vboxnet0',
    ].concat(['goProxyBridge', 'podman0', 'cilium_host', 'lxcbr0', 'tap0', 'dummy0']),
  )('are not that of %s, in either form', (name) => {
    expect(cardsIn(numbered([said(name, card)]), ip)).toEqual([]);
    expect(cardsIn({ [name]: `${ip} ${card}` }, ip)).toEqual([]);
  });

  it.each(['eth0', 'enp3s0', 'wlan0', 'ens18', 'bond0', 'br0', 'usb0', 'interface_3'])(
    'are that of %s',
    (name) => {
      expect(cardsIn({ [name]: card.toUpperCase() }, ip)).toEqual([card]);
    },
  );

  it.each(['02:42:ac:11:00:01', 'ee:ee:ee:ee:ee:ee', '52:54:00:12:34:56', '00:00:00:00:00:00'])(
    'are not %s, which others have as well',
    (mac) => {
      expect(cardsIn({ eth0: mac }, ip)).toEqual([]);
    },
  );

  it('are 16 at most: first the one that it is reached by, those of makers, those that were first', () => {
    const unknown = (at: number) => `x${at}`;
    const local = 'fa:16:3e:00:00:01';
    const one = cardsIn(numbered([...ofContainers(40, unknown), said('y', card)]), ip);
    expect(one).toHaveLength(16);
    expect(one).toContain(card);
    const reached = [...ofContainers(40, unknown), said('y', local, `${ip}/24`)];
    expect(cardsIn(numbered(reached), ip)).toContain(local);
    const like = [...ofContainers(40, unknown), said('y', local, `${ip}0/24`)];
    expect(cardsIn(numbered(like), ip)).not.toContain(local);
    expect(cardsIn(numbered([said('y', local), ...ofContainers(40, unknown)]), ip)).toContain(
      local,
    );
  });
});

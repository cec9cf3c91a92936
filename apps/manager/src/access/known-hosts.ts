import { BlockList, isIP } from 'node:net';

/** Whether an address is among these addresses and networks (`10.0.0.0/8`); all are, where there are none. */
export function knownHosts(hosts: readonly string[]): (address: string) => boolean {
  if (hosts.length === 0) return () => true;
  const list = new BlockList();
  for (const host of hosts) {
    const [address = '', bits] = host.split('/');
    const family = familyOf(address);
    const most = family === 'ipv6' ? 128 : 32;
    list.addSubnet(address, bits === undefined ? most : Number(bits), family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    return list.check(plain, familyOf(plain));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

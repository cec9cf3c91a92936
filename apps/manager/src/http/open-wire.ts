import { OakringError } from '@oakring/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BlockList, isIP } from 'node:net';
import { endpointOf } from './endpoints/endpoint.js';

/** Who may use endpoints of programs that can show no credential. */
export interface OpenWire {
  /** Addresses and networks; none: whoever reaches us. */
  readonly hosts: readonly string[];
}

/** `isOurs`: another manager passes it on, which has judged it. */
export function guardOpenWire(
  server: FastifyInstance,
  wire: OpenWire | null,
  isOurs: (request: FastifyRequest) => boolean,
): void {
  const allowed = blockListOf(wire?.hosts ?? []);
  const isOpen = wire !== null && wire.hosts.length === 0;
  server.addHook('onRequest', (request, _reply, done) => {
    if (endpointOf(request)?.needs !== 'oakestra') return done();
    if (wire === null) {
      const detail = "Oakestra's wire is not spoken here: OAKRING_OAKESTRA is not set.";
      return done(new OakringError({ code: 'route-unknown', detail }));
    }
    if (isOpen || isOurs(request) || includes(allowed, request.ip)) return done();
    const detail = `${request.ip} is not among OAKRING_OAKESTRA_HOSTS.`;
    done(new OakringError({ code: 'unauthorized', detail }));
  });
}

function blockListOf(hosts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const host of hosts) {
    const [address = '', bits] = host.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    list.addSubnet(address, bits === undefined ? most : Number(bits), family);
  }
  return list;
}

function includes(list: BlockList, ip: string): boolean {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

import { describe, expect, it } from '@jest/globals';
import type { NodeRecord } from '@oakring/model';
import { arrivalIn, type MachineRegistration } from './machine-registration.js';

interface Told {
  readonly host?: string;
  readonly hostid?: string | null;
  readonly ip?: string;
  readonly mac?: string | null;
  /** Containers, whose interfaces have other addresses after each start. */
  readonly containers?: { readonly count: number; readonly start: number };
}

const body = ({
  host = 'edge',
  hostid = 'a',
  ip = '10.0.0.7',
  mac = '52:54:00:00:00:01',
  containers = { count: 0, start: 0 },
}: Told) => ({
  ...{ host, ip, port: '3000', vcpus: 4, memory: 3_000, virtualization: ['docker'] },
  system_info: { full_stats: JSON.stringify({ hostid }) },
  network_info: {
    ...(mac === null ? {} : { eth0: mac, docker0: '02:42:ac:11:00:01' }),
    ...interfacesOf(containers),
  },
});

function interfacesOf({ count, start }: { readonly count: number; readonly start: number }) {
  const interfaces = Array.from({ length: count }, (_each, at) => {
    const [from, own] = [start, at].map((byte) => byte.toString(16).padStart(2, '0'));
    const said = { name: `veth${own}`, hardwareaddr: `0a:00:00:00:${from}:${own}` };
    return [`interface_${at}`, JSON.stringify(said)] as const;
  });
  return Object.fromEntries(interfaces);
}

/** A cluster's nodes, and those of them that speak. */
class Nodes {
  readonly nodes: NodeRecord[] = [];
  readonly heard = new Set<string>();

  claim(told: Told): MachineRegistration {
    const arrival = arrivalIn(body(told), '10.0.0.1');
    if (!arrival.ok) throw new Error(arrival.refusal.detail);
    const { nodes, heard } = this;
    return arrival.value.claimOf({ nodes, isHeard: (id) => heard.has(id) });
  }

  /** Its id. */
  take(told: Told, { isHeard = true } = {}): string {
    const { registration, dialect } = this.claim(told);
    const at = this.nodes.findIndex(({ id }) => id === registration.id);
    if (at !== -1) this.nodes.splice(at, 1);
    this.nodes.push({ ...registration, dialect } as unknown as NodeRecord);
    if (isHeard) this.heard.add(registration.id);
    return registration.id;
  }
}

describe('A machine that registers', () => {
  it('gets 24 hexadecimal digits, the same each time, also in a cluster that begins anew', () => {
    const cluster = new Nodes();
    const id = cluster.take({});
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(cluster.claim({})).toMatchObject({ registration: { id }, isItself: true });
    expect(new Nodes().take({})).toBe(id);
  });

  it('is said to have nothing but what is free, and to be told apart by no secret', () => {
    const { registration } = new Nodes().claim({ hostid: 'very-secret' });
    expect(registration).toMatchObject({
      ...{ name: 'edge', ip: '10.0.0.7', port: 3_000, acknowledges: true, enforcesStop: false },
      ...{ capacity: { cpuMillis: 4_000, memoryMiB: 3_000 }, technologies: ['docker'] },
      ...{ incarnation: null, extra: { machine: { macs: ['52:54:00:00:00:01'] } } },
    });
    expect(JSON.stringify(registration)).not.toContain('very-secret');
  });

  it.each<[string, Told]>([
    ['another name and card', { host: 'other', mac: '52:54:00:00:00:02' }],
    ['another name and address', { host: 'other', ip: '10.0.0.8' }],
    ['another name and system', { host: 'other', hostid: 'b' }],
    ['another name and no known system', { host: 'other', hostid: null }],
    ['another system', { hostid: 'b' }],
    ['another network card', { mac: '52:54:00:00:00:02' }],
    ['another card and address', { mac: '52:54:00:00:00:02', ip: '10.0.0.8' }],
  ])('is another node with %s, as its twin is', (_what, twin) => {
    const cluster = new Nodes();
    const id = cluster.take({});
    const other = cluster.take(twin);
    expect(other).not.toBe(id);
    expect(other).toMatch(/^[0-9a-f]{24}$/);
    expect([cluster.take({}), cluster.take(twin)]).toEqual([id, other]);
  });

  it('is the same whatever its containers were and are, and twins stay two', () => {
    const cluster = new Nodes();
    const busy = (start: number, twin: Told = {}) => ({
      ...{ mac: 'dc:a6:32:00:00:01', containers: { count: 40, start } },
      ...twin,
    });
    const other = { mac: 'dc:a6:32:00:00:02' };
    const ids = [cluster.take(busy(1)), cluster.take(busy(2, other))];
    expect(new Set(ids).size).toBe(2);
    expect([cluster.take(busy(3)), cluster.take(busy(4, other))]).toEqual(ids);
    expect([cluster.take(busy(5, other)), cluster.take(busy(6))]).toEqual([...ids].reverse());
  });

  it('is told apart by its address where containers have all its cards', () => {
    const cluster = new Nodes();
    const only = (start: number, ip: string) => ({
      ...{ mac: null, ip, containers: { count: 20, start } },
    });
    const ids = [cluster.take(only(1, '10.0.0.7')), cluster.take(only(2, '10.0.0.8'))];
    expect(new Set(ids).size).toBe(2);
    expect([cluster.take(only(3, '10.0.0.7')), cluster.take(only(4, '10.0.0.8'))]).toEqual(ids);
  });

  it('is the same with another name, also while it was just heard', () => {
    const cluster = new Nodes();
    const id = cluster.take({});
    expect(cluster.claim({ host: 'renamed' })).toMatchObject({
      ...{ isItself: true, registration: { id, name: 'renamed' } },
    });
    expect([cluster.take({ host: 'renamed' }), cluster.take({ host: 'renamed' })]).toEqual([
      id,
      id,
    ]);
    expect(cluster.take({})).toBe(id);
  });

  it('is rather the node of its name than one that it may have been before', () => {
    const cluster = new Nodes();
    const former = cluster.take({ host: 'former', ip: '10.0.0.8' });
    const id = cluster.take({});
    cluster.take({ host: 'former' }, { isHeard: false });
    expect(id).not.toBe(former);
    expect(cluster.take({})).toBe(id);
  });

  it('is another node with another name where its card is not known', () => {
    const cluster = new Nodes();
    const id = cluster.take({ mac: null }, { isHeard: false });
    expect(cluster.take({ mac: null, host: 'other' })).not.toBe(id);
  });

  it('is another node at another address where no cards are known, while its twin speaks', () => {
    const cluster = new Nodes();
    const id = cluster.take({ mac: null });
    const other = cluster.take({ mac: null, ip: '10.0.0.8' });
    expect(other).not.toBe(id);
    expect(cluster.take({ mac: null })).toBe(id);
    expect(cluster.take({ mac: null, ip: '10.0.0.8' })).toBe(other);
  });

  it('is the same at a new address, once it is not heard from the old one', () => {
    for (const mac of ['52:54:00:00:00:01', null]) {
      const cluster = new Nodes();
      const id = cluster.take({ mac }, { isHeard: false });
      expect(cluster.claim({ mac, ip: '10.0.0.8' })).toMatchObject({
        ...{ isItself: true, registration: { id } },
      });
    }
  });

  it('is not let in as the node that it is like in all but its address, while that one speaks', () => {
    const cluster = new Nodes();
    const id = cluster.take({});
    expect(cluster.claim({ ip: '10.0.0.8' })).toMatchObject({
      ...{ isItself: false, registration: { id } },
    });
  });

  it('is the node of its name of which no system is known, by its address or its silence', () => {
    const cluster = new Nodes();
    const id = cluster.take({ hostid: null, mac: null });
    expect(cluster.take({})).toBe(id);
    const silent = new Nodes();
    const other = silent.take({ hostid: null, mac: null }, { isHeard: false });
    expect(silent.take({ ip: '10.0.0.8' })).toBe(other);
  });

  it('is no node of another dialect, whatever that is called', () => {
    const cluster = new Nodes();
    const id = cluster.take({});
    const [node] = cluster.nodes;
    cluster.nodes.splice(0, 1, { ...node, dialect: 'native' } as NodeRecord);
    expect(cluster.take({})).not.toBe(id);
  });
});

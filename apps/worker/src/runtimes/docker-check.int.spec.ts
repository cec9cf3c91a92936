import Docker from 'dockerode';
import { afterAll, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { keepsTheChecksContract } from './checks.contract.js';
import { engineAddress, label } from './docker-container.js';
import { placeOf } from './docker-check.js';
import { DockerRuntime } from './docker.runtime.js';

const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
const describeWithEngine = dockerHost === '' ? describe.skip : describe;

describeWithEngine('The docker runtime looks into its instances and', () => {
  const engine = new Docker(engineAddress(dockerHost || '/nowhere'));
  const workerId = `checks-${process.pid}`;
  const containers = () =>
    engine.listContainers({ all: true, filters: { label: [`${label.worker}=${workerId}`] } });
  afterAll(async () => {
    for (const { Id } of await containers()) await engine.getContainer(Id).remove({ force: true });
  });

  keepsTheChecksContract(async () => ({
    runtime: new DockerRuntime(dockerHost, workerId, systemPorts()),
    job: {
      image: 'oakring/busybox:test',
      network: 'none',
      cmd: ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 600 & wait'],
      environment: { WHERE: 'there' },
    },
    running: async (text) => {
      const [info] = await containers();
      const { Processes } = await engine.getContainer(info?.Id ?? '').top();
      const lines: readonly string[][] = Processes;
      return lines.filter((line) => line.join(' ').includes(text)).length;
    },
  }));
});

describe('A port of a container', () => {
  const bridge = { Networks: { bridge: { IPAddress: '172.17.0.2' } } };

  it.each([
    [
      'published for all',
      { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] },
      'localhost:8080',
    ],
    [
      'published for one',
      { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '8080' }] },
      '10.0.0.1:8080',
    ],
    ['not published', { '80/tcp': null }, '172.17.0.2:80'],
  ])('that is %s is asked for there', (_how, Ports, where) => {
    const settings = { ...bridge, Ports } as unknown as Parameters<typeof placeOf>[0];
    const place = placeOf(settings, { NetworkMode: 'default' }, { port: 80, engine: 'localhost' });
    expect(`${place?.host}:${place?.port}`).toBe(where);
  });

  it('is the machine’s own where the network is', () => {
    const settings = { Networks: { host: { IPAddress: '' } }, Ports: {} } as unknown;
    const place = placeOf(
      settings as Parameters<typeof placeOf>[0],
      { NetworkMode: 'host' },
      { port: 80, engine: 'engine.example' },
    );
    expect(place).toEqual({ host: 'engine.example', port: 80 });
  });

  it('cannot be reached where there is no network', () => {
    const settings = { Networks: { none: { IPAddress: '' } }, Ports: {} } as unknown;
    expect(
      placeOf(
        settings as Parameters<typeof placeOf>[0],
        { NetworkMode: 'none' },
        { port: 80, engine: 'localhost' },
      ),
    ).toBeNull();
  });
});

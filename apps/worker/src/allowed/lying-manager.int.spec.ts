import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import {
  playManager,
  startTestBroker,
  type ManagerByHand,
  type TestBroker,
} from '../connect/testing/manager-by-hand.js';
import { engineAddress, label } from '../runtimes/docker-container.js';
import { qemuHere } from '../runtimes/unikernel/qemu-here.js';
import { tinyGuest } from '../runtimes/unikernel/tiny-guest.js';
import type { RuntimeName } from '../runtimes/runtime.port.js';
import { startWorker, type RunningWorker } from '../start-worker.js';

/** A real engine: `infra/docker-engine/start.sh` starts one with the image and prints its address. */
const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
if (dockerHost === '') {
  process.stderr.write(
    'NOT TESTED with a real Docker engine: OAKRING_TEST_DOCKER_HOST is not set\n',
  );
}
const hasGuests = qemuHere() !== null;
if (!hasGuests) process.stderr.write('NOT TESTED here: orders of unikernels (no QEMU)\n');
const workerId = `lied-to-${process.pid}`;

let broker: TestBroker;
let manager: ManagerByHand;
let folder: string;
let worker: RunningWorker;

beforeEach(async () => {
  broker = await startTestBroker();
  manager = await playManager(broker.url, workerId);
  folder = mkdtempSync(join(tmpdir(), 'oakring-lied-to-'));
});
afterEach(async () => {
  await worker.stop();
  for (const { Id } of dockerHost === '' ? [] : await madeContainers()) {
    await engine().getContainer(Id).remove({ force: true });
  }
  await manager.end();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

const engine = (): Docker => new Docker(engineAddress(dockerHost));
const madeContainers = (): Promise<Docker.ContainerInfo[]> =>
  engine().listContainers({ all: true, filters: { label: [`${label.worker}=${workerId}`] } });

/** Accepted by the manager, with an owner who allows nothing. */
async function start(runtimes: readonly RuntimeName[]): Promise<void> {
  worker = await startWorker(
    {
      ...{ id: workerId, name: 'w', ip: '127.0.0.1', port: 0, labels: {}, startDelayMs: 0 },
      ...{ username: null, password: null, mqttUrl: broker.url, dockerHost, runtimes },
      capacity: { cpuMillis: 4_000, memoryMiB: 4_000 },
      dataFolder: join(folder, 'data'),
    },
    systemPorts(),
    () => {},
  );
  await manager.next('registration');
  await manager.accept();
  await manager.next('state');
}

let orders = 0;
/** Orders it as if it had been placed by what the worker offers; what the worker says of it at last. */
async function ordered(job: JsonObject): Promise<JsonObject> {
  orders += 1;
  const commandId = `order-${orders}`;
  await manager.order({ commandId, job: { id: `job-${orders}`, name: 'liar', ...job } });
  return manager.next(
    'acks',
    (ack) =>
      ack['commandId'] === commandId && ['failed', 'succeeded'].includes(String(ack['phase'])),
  );
}

/** Also what nobody ever asked: unknown words are taken in orders, and must not get to a runtime. */
const askedForAll: JsonObject = {
  privileged: true,
  Privileged: true,
  hostNetwork: true,
  pid: 'host',
  ipc: 'host',
  userns: 'host',
  devices: ['/dev/mem:/dev/mem:rwm'],
  device_requests: [{ Count: -1, Capabilities: [['gpu']] }],
  capAdd: ['ALL'],
  cap_add: ['ALL'],
  securityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
  binds: ['/:/host'],
  mounts: [{ Type: 'bind', Source: '/', Target: '/host' }],
  volumes_from: ['other'],
  cgroup_parent: '/',
  runtime: 'evil',
  sysctls: { 'net.ipv4.ip_forward': '1' },
  HostConfig: { Privileged: true, Binds: ['/:/host'], NetworkMode: 'host', CapAdd: ['ALL'] },
  _body: { HostConfig: { Privileged: true } },
};

const refusedFor = (setting: string) => ({
  ...{ phase: 'failed', fault: 'node' },
  reason: expect.stringMatching(new RegExp(`^not-allowed: .*\\(OAKRING_WORKER_${setting}\\)$`)),
});

describe('A worker whose manager orders more than its machine’s owner allows', () => {
  it('runs no process with it, and says why by a code', async () => {
    await start(['process']);
    const program = { technology: 'process', image: '/bin/true', cmd: ['/bin/true'] };
    for (const user of ['root', '0', 'nobody:nogroup']) {
      expect(await ordered({ ...program, user })).toMatchObject(refusedFor('USERS'));
    }
    const low = { ...program, ports: ['127.0.0.1:80:8080'] };
    expect(await ordered(low)).toMatchObject(refusedFor('LOW_PORTS'));
    const mounted = { ...program, volumes: [{ hostPath: '/etc', target: '/etc' }] };
    expect(await ordered(mounted)).toMatchObject(refusedFor('HOST_PATHS'));
    expect(await ordered(program)).toMatchObject({ phase: 'succeeded' });
  });

  (hasGuests ? it : it.skip)('boots no guest with it', async () => {
    await start(['unikernel']);
    // Outside of the folder that its owner keeps images in.
    const image = join(folder, 'guest');
    writeFileSync(image, tinyGuest('sleep'));
    const guest = { technology: 'unikernel', image };
    expect(await ordered({ ...guest, ports: ['80:80'] })).toMatchObject(refusedFor('LOW_PORTS'));
    expect(await ordered({ ...guest, user: 'root' })).toMatchObject(refusedFor('USERS'));
    expect(await ordered({ ...guest, volumes: ['/etc:/etc'] })).toMatchObject(
      refusedFor('HOST_PATHS'),
    );
    expect(await ordered(guest)).toMatchObject({ phase: 'failed' });
  });

  (dockerHost === '' ? it.skip : it)('makes no container with it', async () => {
    await start(['docker']);
    const whole = {
      ...{ technology: 'docker', image: 'oakring/busybox:test', network: 'none' },
      cmd: ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 600 & wait'],
    };
    for (const network of ['host', 'container:other', 'bridge2', 'ns:/proc/1/ns/net']) {
      expect(await ordered({ ...whole, network })).toMatchObject(refusedFor('SHARED_NETWORKS'));
    }
    for (const volumes of [['/:/host'], [{ hostPath: '/etc', target: '/etc' }]]) {
      expect(await ordered({ ...whole, volumes })).toMatchObject(refusedFor('HOST_PATHS'));
    }
    expect(await ordered({ ...whole, ports: ['80'] })).toMatchObject(refusedFor('LOW_PORTS'));
    expect(await madeContainers()).toEqual([]);

    expect(await ordered({ ...whole, ...askedForAll })).toMatchObject({ phase: 'succeeded' });
    const [container] = await madeContainers();
    const { HostConfig } = await engine()
      .getContainer(container?.Id ?? '')
      .inspect();
    expect(HostConfig).toMatchObject({
      ...{ Privileged: false, PublishAllPorts: false, ReadonlyRootfs: false },
      ...{ NetworkMode: 'none', PidMode: '', UTSMode: '', UsernsMode: '', CgroupParent: '' },
      ...{
        IpcMode: expect.stringMatching(/^(private|shareable)$/),
        SecurityOpt: ['no-new-privileges'],
      },
    });
    const given = ['Binds', 'CapAdd', 'Devices', 'DeviceRequests', 'DeviceCgroupRules', 'GroupAdd']
      .concat('VolumesFrom', 'Mounts', 'Sysctls', 'Links', 'ExtraHosts')
      .filter((name) => !isNothing(HostConfig[name as keyof typeof HostConfig]));
    expect(given).toEqual([]);
    expect(HostConfig.Runtime).not.toBe('evil');
  });
});

/** As an engine says that there is none of it. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || Object.keys(Object(value)).length === 0;
}

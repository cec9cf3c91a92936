import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { StrictRoot } from '../apps/manager/src/root/testing/strict-root.js';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { StandInWorker } from '../infra/oakestra/worker.js';
import { call, eventually } from './kit/http.js';
import { headAt, leaderOf } from './kit/managers.js';
import { endGroup, temporaryFolder, up, type Cluster } from './kit/processes.js';

const clusterName = 'edge';
const ids = (service: string): string => Buffer.from(service.padEnd(12, '_')).toString('hex');
const nameOf = (service: string): string => `app.ns.${service}.ns`;
const portOf = ({ url }: Cluster): number => Number(new URL(url).port);

const suite = hasMosquitto() ? describeWithMongod : describe.skip;

suite('Two managers between Oakestra’s root and its workers', () => {
  const folder = temporaryFolder();
  let mongod: Mongod;
  let mosquitto: RunningBroker;
  let root: StrictRoot;
  let managers: Cluster[] = [];
  let worker: StandInWorker | undefined;

  const manager = async (name: string): Promise<Cluster> =>
    up(`${folder.path}/${name}`, {
      ...{ OAKRING_STORE: mongod.url('oakestra'), OAKRING_PORT: String(await freePort()) },
      OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
      ...{ CLUSTER_NAME: clusterName, CLUSTER_LOCATION: '48.1,11.5,10' },
      ...{ SYSTEM_MANAGER_URL: '127.0.0.1', SYSTEM_MANAGER_PORT: String(root.httpPort) },
      SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
    });
  const documentOf = (service: string) => ({
    ...{ job_name: nameOf(service), virtualization: 'docker', memory: 16 },
    image: 'docker.io/library/nginx:alpine',
  });
  const order = (service: string) => root.order(ids(service), 0, documentOf(service));
  /** At an address that the root was told before, or not yet. */
  const orderAt = async (one: Cluster, service: string): Promise<number> => {
    root.know(ids(service), 0);
    const url = `${one.url}/api/service/${ids(service)}/0`;
    return (await call('POST', url, documentOf(service))).status;
  };
  const known = () => root.clusters.get(clusterName);
  const untilKnownAt = (one: Cluster) =>
    eventually(
      async () => known()?.port,
      (port) => port === portOf(one),
    );
  const untilRuns = (...services: string[]) =>
    eventually(
      async () => services.map((service) => root.told(ids(service), 0)['status']),
      (statuses) => statuses.every((status) => status === 'RUNNING'),
    );
  const ordersOf = (service: string) =>
    worker?.engine.orders
      .filter((each) => each.endsWith(` ${nameOf(service)}/0`))
      .map((each) => each.split(' ', 1)[0]);

  beforeAll(async () => {
    [mongod, mosquitto, root] = await Promise.all([
      startMongod(),
      startMosquitto(),
      StrictRoot.start(),
    ]);
    managers = await Promise.all([manager('a'), manager('b')]);
  }, 120_000);

  afterAll(async () => {
    worker?.kill();
    for (const one of managers) endGroup(one);
    await root?.stop();
    await mosquitto?.kill();
    await mongod?.remove();
    folder.remove();
  });

  it('are one cluster to it: the one that leads is taken in, the other passes on what it gets', async () => {
    const leader = await leaderOf(managers);
    const [follower] = managers.filter((one) => one !== leader);
    if (follower === undefined) throw new Error('nobody follows');
    await untilKnownAt(leader);
    worker = new StandInWorker({
      ...{ url: leader.url, host: 'edge-1', hostid: 'machine-1', ip: '10.0.0.1', periodMs: 500 },
      ...{ mac: '52:54:00:00:00:01', runtimes: ['docker'] },
    });
    await worker.start();
    expect(await order('led')).toBe(200);
    expect(await orderAt(follower, 'passed-on')).toBe(200);
    await untilRuns('led', 'passed-on');
    expect(known()?.registrations).toBe(1);
  }, 120_000);

  it('lose nothing and send nothing twice while one freezes: its successor is called at once', async () => {
    const id = known()?.id;
    const frozen = await leaderOf(managers);
    const [next] = managers.filter((one) => one !== frozen);
    if (next === undefined) throw new Error('nobody follows');
    frozen.child.kill('SIGSTOP');
    // Between two leaders: it waits for the next one.
    expect(await orderAt(next, 'between')).toBe(200);
    await untilKnownAt(next);
    expect(known()).toMatchObject({ id, registrations: 2 });
    expect(await order('after')).toBe(200);
    frozen.child.kill('SIGCONT');
    await eventually(
      () => headAt(frozen.url),
      ({ body }) => body.leading === false && body.leader === next.url,
    );
    expect(await orderAt(frozen, 'to-the-former')).toBe(200);
    await untilRuns('led', 'passed-on', 'between', 'after', 'to-the-former');
    // The former has said nothing to the root since.
    expect(known()).toMatchObject({ id, registrations: 2 });
  }, 120_000);

  it('go on when the one that leads is killed, with an order on its way to a worker', async () => {
    const killed = await leaderOf(managers);
    const [next] = managers.filter((one) => one !== killed);
    if (next === undefined) throw new Error('nobody follows');
    expect(await order('late')).toBe(200);
    killed.child.kill('SIGKILL');
    await untilKnownAt(next);
    expect(await order('last')).toBe(200);
    await untilRuns('late', 'last');
    expect(known()?.registrations).toBe(3);
  }, 120_000);

  it('have harmed nothing in all of this', async () => {
    const services = ['led', 'passed-on', 'between', 'after', 'to-the-former', 'last'];
    for (const service of services) expect(ordersOf(service)).toEqual(['deploy']);
    // Of what was on its way nobody but its worker knows: it is ordered again, and goes on.
    expect(ordersOf('late')?.filter((each) => each !== 'deploy')).toEqual([]);
    expect(worker?.engine).toMatchObject({ hasPanicked: false, dropped: 0 });
    expect(worker?.engine.running.toSorted()).toEqual(
      [...services, 'late'].map((service) => `${nameOf(service)}/0`).toSorted(),
    );
    expect(root.problems).toEqual([]);
    expect(root.mostReportsAtOnce).toBe(1);
    expect(root.asked.filter((each) => each.includes('/-1 '))).toEqual([]);
    const left = await leaderOf(managers.filter(({ child }) => child.signalCode === null));
    const { body } = await call('GET', `${left.url}/api/cluster/status`);
    expect(body).toMatchObject({ cluster_id: known()?.id, connected_to_root: true });
  });
});

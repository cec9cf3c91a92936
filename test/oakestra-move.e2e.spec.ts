import { describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import {
  hasMosquitto,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { StrictRoot } from '../apps/manager/src/root/testing/strict-root.js';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import { StandInWorker } from '../infra/oakestra/worker.js';
import { call, eventually } from './kit/http.js';
import { oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';

const workers = 20;
const image = 'docker.io/library/nginx:alpine';
const hex = (number: number) => number.toString(16).padStart(24, '0');
const places = Array.from({ length: workers }, (_, index) => index);

/** Of ten services, with holes: each worker runs one instance of two of them. */
const services = Array.from({ length: 10 }, (_, at) => ({
  ...{ id: hex(1_000 + at), name: `shop.ns.svc${at}.ns` },
  instances: places
    .filter((place) => place % 10 === at || (place + 1) % 10 === at)
    .map((place) => ({ number: 3 * place + 1, place })),
}));
const runsOn = (place: number) =>
  services.flatMap(({ name, instances }) =>
    instances.filter((each) => each.place === place).map(({ number }) => ({ name, number })),
  );

/** As the old cluster's data base has it, where heartbeats have written over registrations. */
async function fill(mongod: Mongod): Promise<void> {
  const client = await mongod.client();
  const candidates = places.map((place) => ({
    ...{ _id: ObjectId.createFromHexString(hex(place + 1)), candidate_name: `edge-${place}` },
    ...{ host: '', ip: `10.0.0.${place + 1}`, port: '3000', vcpus: 4, memory: 2_000 },
    ...{ virtualization: place % 2 === 0 ? ['docker', 'runc'] : null, system_info: null },
    ...{ cpu_percent: 3.5, last_modified: new Date(), cpu_history: [] },
  }));
  const jobs = services.map(({ id, name, instances }) => ({
    ...{ _id: ObjectId.createFromHexString(id), job_name: name, image, virtualization: 'docker' },
    ...{ microserviceID: id, memory: 64, vcpus: 1, status: 'RUNNING', arch: null },
    instance_list: instances.map(({ number, place }) => ({
      ...{ instance_number: number, worker_id: hex(place + 1), status: 'RUNNING', logs: 'x' },
    })),
  }));
  await client.db('candidates').collection('candidates').insertMany(candidates);
  await client.db('jobs').collection('jobs').insertMany(jobs);
  await client.close();
}

const suite = hasMosquitto() ? describeWithMongod : describe.skip;

suite('A cluster of Oakestra that moves over', () => {
  it('goes on as it ran: no worker is ordered anything, all of it is confirmed, and its root sees it', async () => {
    const folder = temporaryFolder();
    const standIns: StandInWorker[] = [];
    let mongod: Mongod | undefined;
    let mosquitto: RunningBroker | undefined;
    let cluster: Cluster | undefined;
    let root: StrictRoot | undefined;
    try {
      [mongod, mosquitto, root] = await Promise.all([
        startMongod(),
        startMosquitto(),
        StrictRoot.start(),
      ]);
      await fill(mongod);
      const { port } = mosquitto;
      const env = { OAKRING_OAKESTRA: 'true' };
      // Where workers cannot find it.
      cluster = await up(folder.path, env);
      const args = ['import', 'oakestra', mongod.url(''), '--url', cluster.url];
      const imported = oakring(args);
      expect([await imported.ended, imported.output()]).toEqual([
        ...[0, expect.stringContaining('20 of 20 nodes and 40 of 40 instances came over.')],
      ]);
      await cluster.stop();
      const ordered = root;
      for (const { id, instances } of services) {
        for (const { number } of instances) ordered.know(id, number);
      }
      cluster = await up(folder.path, {
        ...{ ...env, OAKRING_MQTT_URL: `mqtt://127.0.0.1:${port}`, CLUSTER_NAME: 'edge' },
        ...{ CLUSTER_LOCATION: '48.1,11.5,10', SYSTEM_MANAGER_URL: '127.0.0.1' },
        SYSTEM_MANAGER_PORT: String(root.httpPort),
        SYSTEM_MANAGER_GRPC_PORT: String(root.grpcPort),
      });
      const { url } = cluster;
      for (const place of places) {
        const standIn = new StandInWorker({
          ...{ url, host: `edge-${place}`, hostid: `host-${place}`, ip: `10.0.0.${place + 1}` },
          ...{ mac: `52:54:00:00:00:${hex(place).slice(-2)}`, periodMs: 1_000 },
          runtimes: place % 2 === 0 ? ['docker', 'runc'] : ['docker'],
        });
        standIns.push(standIn);
        for (const { name, number } of runsOn(place)) {
          standIn.engine.adopt({ job_name: name, instance_number: number, image });
        }
        await standIn.resume(hex(place + 1), String(port));
      }
      const found = await eventually(
        () => Promise.all(services.map(({ id }) => call('GET', `${url}/api/v1/jobs/${id}`))),
        (jobs) =>
          jobs.every(({ body }) =>
            body.instances?.every(
              ({ status, confirmed }: Record<string, unknown>) =>
                status === 'running' && confirmed === true,
            ),
          ),
      );
      expect(
        found.map(({ body }) => ({
          ...{ id: body.id, name: body.name },
          instances: body.instances.map((each: { number: number; nodeId: string }) => ({
            ...{ number: each.number, place: Number.parseInt(each.nodeId, 16) - 1 },
          })),
        })),
      ).toEqual(services);
      expect(standIns.flatMap(({ engine }) => engine.orders)).toEqual([]);
      for (const place of places) {
        const names = runsOn(place).map(({ name, number }) => `${name}/${number}`);
        expect(standIns[place]?.engine.running).toEqual(names);
      }
      const seen = await eventually(
        async () => ordered.newest,
        ({ active_nodes: nodes }) => nodes === workers,
      );
      expect(seen).toMatchObject({ vcpus: 4 * workers, virtualization: ['docker', 'runc'] });
      const toldOf = () =>
        services.map(({ id, name, instances }) => {
          const { job } = ordered.services.get(id) ?? {};
          return {
            ...{ id, name: job?.name ?? name, status: job?.status },
            instances: instances.map(({ number }) => {
              const { status, worker_id: worker } = ordered.told(id, number);
              return { number, place: Number.parseInt(String(worker), 16) - 1, status };
            }),
          };
        });
      await eventually(
        async () => toldOf(),
        (told) => told.every(({ status }) => status === 'RUNNING'),
      );
      expect(toldOf()).toEqual(
        services.map(({ instances, ...service }) => ({
          ...{ ...service, status: 'RUNNING' },
          instances: instances.map((each) => ({ ...each, status: 'RUNNING' })),
        })),
      );
      expect([ordered.problems, ordered.asked]).toEqual([[], []]);
      // A restart of one worker: the same node, and what was there is ordered there again.
      const [first] = standIns;
      first?.kill();
      const again = new StandInWorker({
        ...{ url, host: 'edge-0', hostid: 'host-0', ip: '10.0.0.1', mac: '52:54:00:00:00:00' },
        ...{ runtimes: ['docker', 'runc'], periodMs: 1_000 },
      });
      standIns.push(again);
      await again.start();
      expect(again.id).toBe(hex(1));
      await eventually(
        async () => again.engine.running,
        (running) => running.length === runsOn(0).length,
      );
    } finally {
      for (const standIn of standIns) standIn.kill();
      await cluster?.stop();
      await root?.stop();
      await mosquitto?.kill();
      await mongod?.remove();
      folder.remove();
    }
  }, 120_000);
});

import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { call, eventually, untilAll } from './kit/http.js';
import {
  endGroup,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const withMosquitto = hasMosquitto() ? it : it.skip;
const suite = hasMosquitto() ? describe : describe.skip;

function bareWorker(port: string): Running {
  return runProgram('sh', ['examples/bare-worker.sh', 'shell-1', '127.0.0.1', port]);
}

/** A cluster on one kind of broker, and a worker that is a shell script. */
class Story {
  readonly folder = temporaryFolder();
  private mosquitto: RunningBroker | null = null;
  /** Settings for a broker of its own. */
  private outside: Record<string, string> = {};
  private running: { readonly cluster: Cluster; readonly worker: Running } | null = null;

  constructor(readonly broker: 'embedded' | 'mosquitto') {}

  get cluster(): Cluster {
    return this.parts.cluster;
  }

  get worker(): Running {
    return this.parts.worker;
  }

  async start(): Promise<void> {
    if (this.broker === 'mosquitto') {
      this.mosquitto = await startMosquitto();
      const { port } = this.mosquitto;
      this.outside = { OAKRING_MQTT_URL: `mqtt://127.0.0.1:${port}` };
      // It is there before any manager, and registers all the same.
      const worker = bareWorker(`${port}`);
      await worker.prints(/no manager that answers/);
      this.running = { cluster: await up(this.folder.path, this.outside), worker };
    } else {
      const cluster = await up(this.folder.path);
      this.running = { cluster, worker: bareWorker(cluster.mqttPort) };
    }
  }

  async startManagerAgain(): Promise<void> {
    const { mqttPort } = this.cluster;
    const port = this.broker === 'embedded' ? { OAKRING_MQTT_PORT: mqttPort } : {};
    const cluster = await up(this.folder.path, { ...this.outside, ...port });
    this.running = { ...this.parts, cluster };
  }

  publish(topic: string, payload: string): void {
    const address = ['-h', '127.0.0.1', '-p', this.cluster.mqttPort];
    spawnSync('mosquitto_pub', [...address, '-q', '1', '-t', topic, '-s'], { input: payload });
  }

  async end(): Promise<void> {
    if (this.running !== null) endGroup(this.running.worker);
    await this.running?.cluster.stop();
    await this.mosquitto?.kill();
    this.folder.remove();
  }

  private get parts(): { readonly cluster: Cluster; readonly worker: Running } {
    if (this.running === null) throw new Error(`${this.broker}: it was not started`);
    return this.running;
  }
}

suite('a worker that is a shell script, with the embedded broker and with mosquitto', () => {
  const stories = [new Story('embedded'), new Story('mosquitto')];
  /** With both at once: much of it is waiting. */
  const both = (name: string, told: (story: Story) => Promise<void>): void => {
    const named = async (story: Story): Promise<void> => {
      await told(story).catch((error: unknown) => {
        throw new Error(`with the ${story.broker} broker: ${String(error)}`, { cause: error });
      });
    };
    it(name, async () => void (await Promise.all(stories.map(named))), 60_000);
  };

  beforeAll(async () => void (await Promise.all(stories.map((story) => story.start()))), 60_000);
  afterAll(async () => void (await Promise.all(stories.map((story) => story.end()))));

  both('registers with the given minimum and counts as an assumed machine', async ({ cluster }) => {
    const node = await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/shell-1`),
      ({ body }) => body.status === 'ready' && body.used !== null,
    );
    expect(node.body).toMatchObject({
      assumed: true,
      capacity: { cpuMillis: 4000, memoryMiB: 8192 },
      used: { cpu: 12.5, memory: 30 },
      technologies: ['docker'],
      port: 3000,
    });
  });

  both(
    'receives its deploy because a program posted a job, and runs unconfirmed',
    async ({ cluster, worker }) => {
      const body = { id: 'hello', name: 'hello', image: 'hello:1', technology: 'docker' };
      expect((await call('POST', `${cluster.url}/api/v1/jobs`, body)).status).toBe(201);
      await worker.prints(/"command":"deploy".*"id":"hello"/);
      const { body: shown } = await untilAll(cluster.url, 'hello', 'running', 1);
      expect(shown.instances[0]).toMatchObject({ nodeId: 'shell-1', confirmed: false });
    },
  );

  both(
    'does not stop the cluster with nonsense: each is a dead letter, the next is handled',
    async (story) => {
      const { cluster } = story;
      story.publish('nodes/shell-1/information', 'not json');
      story.publish('nodes/shell-1/information', '{"cpu":900,"memory":3}');
      story.publish('nodes/shell-1/registration', '{"id":"other","name":"x","ip":"x","port":1}');
      story.publish('nodes/ghost/information', '{"cpu":1,"memory":1}');
      story.publish('nodes/shell-1/acks', '{"commandId":"9-9","phase":"received"}');
      story.publish('nodes/shell-1/state', `"${'x'.repeat(300_000)}"`);
      const letters = await eventually(
        () => call('GET', `${cluster.url}/api/v1/dead-letters`),
        ({ body }) => body.items.length >= 6,
      );
      const codes = letters.body.items.map(({ code }: { code: string }) => code).sort();
      expect(codes).toEqual(
        [
          'command-unknown',
          'id-mismatch',
          'invalid-field',
          'invalid-json',
          'node-unknown',
          'payload-too-large',
        ].sort(),
      );
      story.publish('nodes/shell-1/information', '{"cpu":77,"memory":3}');
      await eventually(
        () => call('GET', `${cluster.url}/api/v1/nodes/shell-1`),
        ({ body }) => body.used?.cpu === 77,
      );
    },
  );

  both(
    'is told to delete, and its reservation ends by an assumption that is on record',
    async ({ cluster, worker }) => {
      await call('DELETE', `${cluster.url}/api/v1/jobs/hello`);
      await worker.prints(/"command":"delete"/);
      await eventually(
        () => call('GET', `${cluster.url}/api/v1/jobs/hello`),
        ({ status }) => status === 404,
      );
      const response = await fetch(`${cluster.url}/api/v1/events?type=CommandSucceeded`);
      expect(await response.text()).toContain('"assumed":true');
    },
  );

  both('is there again after the manager and its broker were started anew', async (story) => {
    const { broker, worker } = story;
    await story.cluster.kill();
    if (broker === 'embedded') await worker.prints(/no broker at 127\.0\.0\.1/);
    await story.startManagerAgain();
    await eventually(
      () => call('GET', `${story.cluster.url}/api/v1/nodes/shell-1`),
      ({ body }) => body.status === 'ready' && body.used !== null,
    );
    expect(worker.child.exitCode).toBeNull();
  });
});

withMosquitto('a shell script hears its orders although it began before its broker', async () => {
  const first = await startMosquitto();
  await first.kill();
  const worker = bareWorker(`${first.port}`);
  await worker.prints(/no broker/);
  const broker = await startMosquitto(first.port);
  const order = ['-p', `${first.port}`, '-t', 'nodes/shell-1/controls', '-m', 'an order'];
  await eventually(
    async () => {
      spawnSync('mosquitto_pub', order);
      return worker.output();
    },
    (output) => output.includes('an order'),
  );
  endGroup(worker);
  await broker.kill();
});

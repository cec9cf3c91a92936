import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { freePort } from '../../../../infra/machine/free-port.js';
import { engineAddress, label } from './docker-container.js';
import { DockerRuntime } from './docker.runtime.js';
import { toStart } from './runtime.contract.js';
import { faultOf, type InstanceExit } from './runtime.port.js';
import { until } from './testing/processes.js';

const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
const describeWithEngine = dockerHost === '' ? describe.skip : describe;
const image = 'oakring/busybox:test';
const address = { job: 'web', instance: 0, generation: 1 };

describeWithEngine('What a job asks of the machine through the docker runtime', () => {
  const engine = new Docker(engineAddress(dockerHost || '/nowhere'));
  const workerId = `kernel-${process.pid}`;
  // The engine of the tests has no network that ports could lead into.
  const network = `oakring-${workerId}`;
  let runtime: DockerRuntime;
  let port: number;

  const containers = () =>
    engine.listContainers({ all: true, filters: { label: [`${label.worker}=${workerId}`] } });
  const start = (job: JsonObject): Promise<void> =>
    runtime.start(toStart(address, { image, ...job }), new AbortController().signal, () => {});

  beforeAll(async () => {
    await engine.createNetwork({ Name: network, Driver: 'bridge' });
  });
  beforeEach(async () => {
    runtime = new DockerRuntime(dockerHost, workerId, systemPorts());
    port = await freePort();
  });
  afterEach(async () => {
    await runtime.close();
    for (const { Id } of await containers()) await engine.getContainer(Id).remove({ force: true });
  });
  afterAll(() => engine.getNetwork(network).remove());

  /** Whoever connects is told that. */
  const greeting = ['/bin/busybox', 'nc', '-ll', '-p', '80', '-e', '/bin/echo', 'hello'];
  const greets = (): JsonObject => ({ network, cmd: greeting, ports: [`${port}:80`] });

  it('is reached by the port that it publishes, for as long as it runs', async () => {
    await start(greets());
    // The port is there before the program behind it listens.
    await until(async () => (await saidAt(port)) === 'hello\n');
    await runtime.stop(address);
    expect(await saidAt(port)).toBe('ECONNREFUSED');
  });

  it('gives its port back when it ends by itself, although its container is still there', async () => {
    const exited = exitOf(runtime);
    await start({ ...greets(), cmd: ['/bin/true'] });
    expect(await exited).toMatchObject({ status: 'completed' });
    expect(await containers()).toHaveLength(1);
    expect(await saidAt(port)).toBe('ECONNREFUSED');
  });

  it('is not started where somebody has its port: that is the node’s, and nothing of it stays', async () => {
    const other = createServer().listen(port, '0.0.0.0');
    await once(other, 'listening');
    const failure = await start(greets()).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /cannot start: a port is in use there: .*address already in use/,
    );
    expect(faultOf(failure)).toBe('node');
    expect(await containers()).toEqual([]);
    other.close();
  });

  it('has failed for want of memory when it takes more than it reserved, and the reason says so', async () => {
    const exited = exitOf(runtime);
    // One line without an end, of which the last is kept.
    await start({ network: 'none', cmd: ['/bin/busybox', 'tail', '/dev/zero'] });
    const reason = 'out of memory: limit 64 MiB (exit code 137)';
    expect(await exited).toEqual({ status: 'failed', reason });
    // A worker that starts meanwhile says the same of it.
    const after = new DockerRuntime(dockerHost, workerId, systemPorts());
    expect(await after.existing()).toEqual([{ ...address, status: 'failed', reason }]);
    await after.close();
  });
});

function exitOf(runtime: DockerRuntime): Promise<InstanceExit> {
  return new Promise((settle) => runtime.onExit((_address, exit) => settle(exit)));
}

/** What is said to whoever connects there; the code of what kept him from it. */
async function saidAt(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    return await text(socket);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    socket.destroy();
  }
}

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts, type Timers } from '@oakring/ports';
import { addressIn, engineAddress, label } from './docker-container.js';
import { DockerRuntime } from './docker.runtime.js';
import { OutputFolder } from './instance-output.js';
import { keepsTheRuntimeContract, toStart } from './runtime.contract.js';
import { addressKey, type InstanceAddress, type InstanceExit } from './runtime.port.js';
import { until } from './testing/processes.js';

/** A real engine: `infra/docker-engine/start.sh` starts one with the image and prints its address. */
const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
const image = 'oakring/busybox:test';
const address = { job: 'web', instance: 0, generation: 1 };
const lasting = {
  image,
  network: 'none',
  cmd: ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 600 & wait'],
};

if (dockerHost === '') {
  console.warn(
    'NOT TESTED with a real Docker engine: OAKRING_TEST_DOCKER_HOST is not set ' +
      '(infra/docker-engine/start.sh prints one)',
  );
}
const describeWithEngine = dockerHost === '' ? describe.skip : describe;

describeWithEngine('The docker runtime', () => {
  const engine = new Docker(engineAddress(dockerHost || '/nowhere'));
  // Of its own for each run, so that several may share an engine.
  const workerId = `spec-${process.pid}`;
  const runtimes: DockerRuntime[] = [];
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-docker-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const runtimeOf = (worker = workerId): DockerRuntime => {
    const outputs = new OutputFolder(folder, systemPorts().clock);
    const runtime = new DockerRuntime(dockerHost, worker, systemPorts(), outputs);
    runtimes.push(runtime);
    return runtime;
  };
  const containersOf = (worker = workerId): Promise<Docker.ContainerInfo[]> =>
    engine.listContainers({ all: true, filters: { label: [`${label.worker}=${worker}`] } });
  const start = (runtime: DockerRuntime, job: JsonObject = lasting, where = address) =>
    runtime.start(toStart(where, job), new AbortController().signal, () => {});
  const removeAll = async (): Promise<void> => {
    for (const worker of [workerId, `${workerId}-web`]) {
      for (const { Id } of await containersOf(worker)) {
        await engine.getContainer(Id).remove({ force: true });
      }
    }
  };

  beforeEach(removeAll);
  afterEach(async () => {
    await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
    await removeAll();
  });

  keepsTheRuntimeContract(async () => ({
    runtime: runtimeOf(),
    lasting,
    ending: (code) => ({ image, network: 'none', cmd: ['/bin/sh', '-c', `exit ${code}`] }),
    script: (text) => ({ image, network: 'none', cmd: ['/bin/sh', '-c', text] }),
    impossible: { job: { ...lasting, cmd: ['/no/such/program'] }, names: /no\/such\/program/ },
    printing: {
      job: {
        ...{ image, network: 'none' },
        cmd: [
          '/bin/sh',
          '-c',
          'trap "exit 0" TERM; echo one; sleep 0.1; echo two >&2; sleep 600 & wait',
        ],
      },
      lines: ['one', 'two'],
    },
    runs: async (where: InstanceAddress) =>
      (await containersOf()).some(
        ({ State, Labels }) =>
          State === 'running' && addressKey(addressIn(Labels)) === addressKey(where),
      ),
    cleanUp: async () => {},
  }));

  it('limits memory and CPU to what the instance reserved', async () => {
    await start(runtimeOf());
    const [info] = await containersOf();
    const { HostConfig } = await engine.getContainer(info?.Id ?? '').inspect();
    expect(HostConfig).toMatchObject({
      Memory: 64 * 1_048_576,
      CpuPeriod: 100_000,
      CpuQuota: 10_000,
      RestartPolicy: { Name: 'no' },
      NetworkMode: 'none',
      PidsLimit: 4_096,
      SecurityOpt: ['no-new-privileges'],
    });
  });

  it('hands command and environment over as they are', async () => {
    const cmd = ['/bin/sh', '-c', '[ "$GREETING" = "a=b c" ] && [ "$1" = "*" ]', 'sh', '*'];
    const job = { image, network: 'none', cmd, environment: { GREETING: 'a=b c' } };
    expect(await exitOf(runtimeOf(), job)).toMatchObject({ status: 'completed' });
  });

  it('names the exit code and the last line of standard error, also of what ended unseen', async () => {
    const script = 'echo out; echo "first" >&2; echo "it broke" >&2; exit 3';
    const job = { image, network: 'none', cmd: ['/bin/sh', '-c', script] };
    const failed = { status: 'failed', reason: 'exit code 3: it broke' };
    const exit = await exitOf(runtimeOf(), job);
    expect(exit).toMatchObject(failed);
    expect([...(exit.lastLines ?? [])].sort()).toEqual(['first', 'it broke', 'out']);
    expect(await runtimeOf().existing()).toEqual([{ ...address, ...failed }]);
  });

  it('finds its containers again, running and ended, and nobody else’s', async () => {
    const before = runtimeOf();
    const ended = { ...address, instance: 1 };
    await start(before);
    await exitOf(before, { ...lasting, cmd: ['/bin/sh', '-c', 'exit 4'] }, ended);
    await start(runtimeOf(`${workerId}-web`), lasting, { ...address, job: 'theirs' });
    await before.close();

    const after = runtimeOf();
    const found = [...(await after.existing())].sort((a, b) => a.instance - b.instance);
    expect(found).toEqual([
      { ...address, status: 'running', reason: expect.any(String) },
      { ...ended, status: 'failed', reason: 'exit code 4' },
    ]);
    await start(after);
    expect(await containersOf()).toHaveLength(2);
    await after.stop(address);
    await after.stop(ended);
    expect(await containersOf()).toEqual([]);
    expect(await containersOf(`${workerId}-web`)).toHaveLength(1);
  });

  it('tells of the end of a container that it found', async () => {
    const before = runtimeOf();
    await start(before);
    await before.close();
    const after = runtimeOf();
    const exited = exitFrom(after);
    await after.existing();
    const [info] = await containersOf();
    await engine.getContainer(info?.Id ?? '').kill();
    expect(await exited).toEqual({ status: 'failed', reason: 'exit code 137' });
  });

  it('tells of a container that somebody else removed', async () => {
    const runtime = runtimeOf();
    const exited = exitFrom(runtime);
    await start(runtime);
    const [info] = await containersOf();
    await engine.getContainer(info?.Id ?? '').remove({ force: true });
    expect(await exited).toMatchObject({ status: 'failed' });
    await runtime.stop(address);
  });

  it('removes what was made and never started', async () => {
    const { job, instance, generation } = address;
    await engine.createContainer({
      Image: image,
      Cmd: ['/bin/true'],
      Labels: {
        [label.worker]: workerId,
        [label.job]: job,
        [label.instance]: String(instance),
        [label.generation]: String(generation),
      },
    });
    expect(await runtimeOf().existing()).toEqual([]);
    expect(await containersOf()).toEqual([]);
  });

  it('tells apart what the dashes in names do not', async () => {
    const mine = { job: 'web-a', instance: 0, generation: 1 };
    const theirs = { job: 'a', instance: 0, generation: 1 };
    await start(runtimeOf(), lasting, mine);
    // The same name; the engine refuses the second, and the first stays.
    const other = runtimeOf(`${workerId}-web`);
    await expect(start(other, lasting, theirs)).rejects.toThrow(/already in use/);
    await other.stop(theirs);
    expect(await containersOf()).toHaveLength(1);
  });

  it('pulls an image that is not here, and says why that failed', async () => {
    const said: string[] = [];
    const job = { ...lasting, image: 'localhost:1/nowhere' };
    const starting = runtimeOf().start(
      toStart(address, job),
      new AbortController().signal,
      (what) => said.push(what),
    );
    await expect(starting).rejects.toThrow(/localhost:1/);
    expect(said).toEqual(['pulling localhost:1/nowhere:latest']);
    expect(await containersOf()).toEqual([]);
  });

  it('concludes nothing from an engine that is away, and goes on watching when it is back', async () => {
    const proxy = await startProxy(engineAddress(dockerHost).socketPath ?? '');
    const ports = systemPorts();
    const sleep: Timers['sleep'] = (_delayMs, signal) => ports.timers.sleep(20, signal);
    const impatient = { ...ports, timers: { ...ports.timers, sleep } };
    const runtime = new DockerRuntime(proxy.path, workerId, impatient);
    runtimes.push(runtime);
    const exits: InstanceExit[] = [];
    const exited = exitFrom(runtime).then((exit) => exits.push(exit));
    await start(runtime);
    await proxy.stop();
    await expect(runtime.stop(address)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    await runtime.measure();
    expect(runtime.usageOf(address)).toBeNull();
    expect(exits).toEqual([]);
    await proxy.start();
    const [info] = await containersOf();
    await engine.getContainer(info?.Id ?? '').kill();
    await exited;
    expect(exits).toEqual([{ status: 'failed', reason: 'exit code 137' }]);
    await proxy.stop();
    rmSync(dirname(proxy.path), { recursive: true });
  });

  it('leaves running what runs when it lets go', async () => {
    const runtime = runtimeOf();
    await start(runtime);
    await runtime.close();
    await until(async () => (await containersOf())[0]?.State === 'running');
  });
});

describe('The docker runtime and any engine', () => {
  it('says what a container is to be in the body of a request, never in its address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-engine-'));
    const seen: { url: string; body: string }[] = [];
    const engine = createHttpServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => {
        const url = request.url ?? '';
        seen.push({ url, body });
        if (url.includes('/wait')) return;
        const isNew = url.startsWith('/containers/create');
        response.writeHead(isNew ? 201 : 200, { 'content-type': 'application/json' });
        response.end(isNew ? '{"Id":"c1"}' : url.startsWith('/containers/json') ? '[]' : '{}');
      });
    }).listen(join(folder, 'docker.sock'));
    await once(engine, 'listening');
    const runtime = new DockerRuntime(join(folder, 'docker.sock'), 'w1', systemPorts());
    const job = { image: 'web', environment: { PASSWORD: 's3cret' } };
    await runtime.start(toStart(address, job), new AbortController().signal, () => {});
    const create = seen.find(({ url }) => url.startsWith('/containers/create'));
    expect(create?.url).toBe('/containers/create?name=oakring-w1-web-0-1');
    expect(JSON.parse(create?.body ?? '')).toMatchObject({
      Env: expect.arrayContaining(['PASSWORD=s3cret']),
    });
    expect(seen.filter(({ url }) => url.includes('s3cret'))).toEqual([]);
    await runtime.close();
    engine.closeAllConnections();
    engine.close();
    rmSync(folder, { recursive: true });
  });
});

describe('The docker runtime without an engine', () => {
  it.each(['', 'docker.sock', 'ssh://somewhere', 'unix:relative'])(
    'refuses %j as its address',
    (address) => {
      expect(() => new DockerRuntime(address, 'w1', systemPorts())).toThrow(
        expect.objectContaining({ code: 'settings-invalid', field: 'DOCKER_HOST' }),
      );
    },
  );

  it('refuses to guess what runs, and says what to do', async () => {
    const runtime = new DockerRuntime('/nowhere/docker.sock', 'w1', systemPorts());
    await expect(runtime.existing()).rejects.toMatchObject({
      code: 'settings-invalid',
      field: 'DOCKER_HOST',
      message: expect.stringMatching(/\/nowhere\/docker\.sock does not answer.*ENOENT/),
    });
  });
});

async function exitOf(
  runtime: DockerRuntime,
  job: JsonObject,
  where: InstanceAddress = address,
): Promise<InstanceExit> {
  const exited = exitFrom(runtime);
  await runtime.start(toStart(where, job), new AbortController().signal, () => {});
  return exited;
}

function exitFrom(runtime: DockerRuntime): Promise<InstanceExit> {
  return new Promise((resolve) => runtime.onExit((_address, exit) => resolve(exit)));
}

/** A socket before the engine's that a test can take away. */
async function startProxy(enginePath: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'oakring-proxy-')), 'docker.sock');
  const sockets = new Set<Socket>();
  let server = createServer();
  const start = async (): Promise<void> => {
    server = createServer((inner) => {
      const outer = connect(enginePath);
      for (const socket of [inner, outer]) {
        sockets.add(socket.on('error', () => socket.destroy()));
      }
      inner.pipe(outer).pipe(inner);
    }).listen(path);
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await once(server, 'close');
  };
  await start();
  return { path, start, stop };
}

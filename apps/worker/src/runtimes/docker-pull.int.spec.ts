import { buffer } from 'node:stream/consumers';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { engineAddress, label } from './docker-container.js';
import { DockerRuntime } from './docker.runtime.js';
import { toStart } from './runtime.contract.js';
import { faultOf, type InstanceExit } from './runtime.port.js';
import { Registry } from './testing/registry.js';

const dockerHost = process.env['OAKRING_TEST_DOCKER_HOST'] ?? '';
const describeWithEngine = dockerHost === '' ? describe.skip : describe;
const address = { job: 'web', instance: 0, generation: 1 };
const password = 's3cret';

describeWithEngine('The docker runtime and a registry that asks who one is', () => {
  const engine = new Docker(engineAddress(dockerHost || '/nowhere'));
  const workerId = `pulls-${process.pid}`;
  const runtimes: DockerRuntime[] = [];
  /** What is in an image of the tests. */
  let files: Buffer;
  let registry: Registry;
  let image = '';

  beforeAll(async () => {
    const made = await engine.createContainer({ Image: 'oakring/busybox:test', Cmd: ['true'] });
    files = await buffer(await made.export());
    await made.remove();
  });
  beforeEach(async () => {
    registry = await Registry.start(`shop:${password}`);
    image = `${registry.address}/shop/web:1`;
    says('first');
  });
  afterEach(async () => {
    await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
    await registry.close();
    await removeAll();
  });
  afterAll(removeAll);

  async function removeAll(): Promise<void> {
    const filters = { label: [`${label.worker}=${workerId}`] };
    for (const { Id } of await engine.listContainers({ all: true, filters })) {
      await engine.getContainer(Id).remove({ force: true });
    }
    for (const { Id, RepoDigests } of await engine.listImages()) {
      const isOurs = RepoDigests?.some((digest) => digest.startsWith(`${registry.address}/`));
      if (isOurs === true) await engine.getImage(Id).remove({ force: true });
    }
  }

  /** From now on the image ends with what it says. */
  function says(word: string): void {
    registry.tag('shop/web', '1', files, ['/bin/sh', '-c', `echo ${word} >&2; exit 3`]);
  }

  /** How an instance of the image ends, on a worker that keeps this password as `shop`. */
  async function run(job: JsonObject, kept: string | null = password): Promise<InstanceExit> {
    const credentials = { registry: registry.address, username: 'shop', password: kept ?? '' };
    const registries = new Map(kept === null ? [] : [['shop', credentials] as const]);
    const runtime = new DockerRuntime(
      ...([dockerHost, workerId, systemPorts(), null, [], registries] as const),
    );
    runtimes.push(runtime);
    const exited = new Promise<InstanceExit>((settle) => {
      runtime.onExit((_address, exit) => settle(exit));
    });
    const whole = { image, network: 'none', ...job };
    const secrets = { hub: JSON.stringify(credentials) };
    const order = { ...toStart(address, whole), secrets };
    await runtime.start(order, new AbortController().signal, () => {});
    const exit = await exited;
    await runtime.stop(address);
    return exit;
  }

  const named = { registryCredentials: 'shop' };
  const saidWord = (word: string) => ({
    ...{ status: 'failed', reason: `exit code 3: ${word}`, lastLines: [word] },
  });

  it('run an image with the credentials that the job names and the worker keeps', async () => {
    expect(await run(named)).toEqual(saidWord('first'));
    const known = registry.asked.filter(({ by }) => by !== null);
    expect(known.some(({ path }) => path.includes('/blobs/'))).toBe(true);
    expect(new Set(known.map(({ by }) => by))).toEqual(new Set([`shop:${password}`]));
  });

  it('run an image with credentials that came as a secret', async () => {
    expect(await run({ registryCredentials: { secret: 'hub' } })).toEqual(saidWord('first'));
  });

  it.each([
    ['wrong credentials', named, 'wr0ng'],
    ['none', {}, password],
  ])(
    'start nothing with %s, and say what the registry said and never who asked',
    async (_how, job, kept) => {
      const failure = await run(job, kept).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(String(failure)).toMatch(
        /unauthorized|authentication required|no basic auth credentials/,
      );
      expect(String(failure)).toContain(registry.address);
      expect(String(failure)).not.toContain(kept);
      expect(
        registry.asked.filter(({ path }) => path !== '/v2/').map(({ by }) => by),
      ).not.toContain(`shop:${password}`);
    },
  );

  it('ask nobody where the credentials that the job names are kept by another worker', async () => {
    const failure = await run(named, null).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/no credentials called shop are kept here/);
    expect(faultOf(failure)).toBe('node');
    expect(registry.asked).toEqual([]);
  });

  it('fetch an image once where the job says nothing, and each time where it says always', async () => {
    expect(await run(named)).toEqual(saidWord('first'));
    says('second');
    const asked = registry.asked.length;
    for (const pull of [{}, { pull: 'missing' }]) {
      expect(await run({ ...named, ...pull })).toEqual(saidWord('first'));
    }
    expect(registry.asked).toHaveLength(asked);
    expect(await run({ ...named, pull: 'always' })).toEqual(saidWord('second'));
    expect(await run({ ...named, pull: 'never' })).toEqual(saidWord('second'));
  });

  it('fetch nothing where the job says never: an image that is not there is the node’s to have', async () => {
    const failure = await run({ ...named, pull: 'never' }).catch((error: unknown) => error);
    expect(String(failure)).toContain(`${image} is not there, and the job says pull: never`);
    expect(faultOf(failure)).toBe('node');
    expect(registry.asked).toEqual([]);
  });
});

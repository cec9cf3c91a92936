import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, eventually, job, untilAll, type Answer } from './kit/http.js';
import { oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

/** Ids that anything keyed by plain objects, or an address of ours, would stumble over. */
const nodes = ['constructor', '__proto__', 'changes'];
const id = 'toString';

describe('nodes and jobs called like members of every object, or like an address', () => {
  const folder = temporaryFolder();
  const workers: TestWorker[] = [];
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await up(folder.path);
    for (const node of nodes) workers.push(await TestWorker.start(cluster.mqttUrl, node));
    for (const node of nodes) {
      await eventually(
        () => call('GET', `${cluster.url}/api/v1/nodes/${node}`),
        ({ body }) => body.status === 'ready',
      );
    }
  });

  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await cluster.stop();
    folder.remove();
  });

  const nodesOf = ({ body }: Answer): string[] =>
    body.instances.map(({ nodeId }: { nodeId: string }) => nodeId);

  it('register, are placed on, scaled, moved and deleted like any other', async () => {
    const jobs = `${cluster.url}/api/v1/jobs`;
    const document = { name: 'odd', image: 'odd:1', technology: 'simulated', count: 3 };
    await call('POST', jobs, { ...document, id });
    expect(nodesOf(await untilAll(cluster.url, id, 'running', 3)).sort()).toEqual(
      [...nodes].sort(),
    );
    await call('POST', `${jobs}/${id}/replicate`, { count: 4 });
    await untilAll(cluster.url, id, 'running', 4);
    const other = { ...document, id: 'valueOf', count: 1 };
    await call('POST', jobs, other);
    const [from] = nodesOf(await untilAll(cluster.url, 'valueOf', 'running', 1));
    const worker = nodes.find((node) => node !== from);
    const move = await call('POST', `${jobs}/valueOf/instances/0/move`, { worker });
    expect(move).toMatchObject({ status: 200, body: { nodeId: worker } });
    await eventually(
      () => job(cluster.url, 'valueOf'),
      (answer) => nodesOf(answer)[0] === worker,
    );
    for (const each of [id, 'valueOf']) {
      await call('DELETE', `${jobs}/${each}`);
      await eventually(
        () => job(cluster.url, each),
        ({ status }) => status === 404,
      );
    }
  });

  it.each(nodes)('are shown by the command line (%s)', async (node) => {
    const { output, ended } = oakring(['node', 'show', node, '--url', cluster.url, '--json']);
    await ended;
    expect(JSON.parse(output())).toMatchObject({ id: node, status: 'ready' });
  });
});

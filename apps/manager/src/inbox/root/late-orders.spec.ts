import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { openCaller } from '../../access/caller.js';
import type { Command, CommandQueue } from '../../commands/command.js';
import { given, restoredAs } from '../../testing/given.js';
import { Projection } from '../../views/projection.js';
import { withoutRoot } from './root-orders.js';
import { ServiceOrdersController } from './service-orders.controller.js';
import type { ServiceRules } from './service-translation.js';

const rules: ServiceRules = {
  ...{ clusterName: 'here', clusterPlace: null, cpuOvercommit: null },
  ...{ unkept: 'place', lostAfterMs: 20_000 },
};
const request = {
  ip: '10.0.0.1',
  method: 'POST',
  url: '/',
  headers: {},
  caller: openCaller,
};

describe('What a root asks for', () => {
  it('is of who it was as it came, whoever it is by the time that it is decided', async () => {
    const cluster = restoredAs(given());
    cluster.when({ type: 'RecordRoot', root: 'first' });
    const submitted: Command[] = [];
    const queue = {
      async submit(command: Command) {
        cluster.when({ type: 'RecordRoot', root: 'second' });
        submitted.push(command);
        return { status: 'accepted', answer: null };
      },
    } as unknown as CommandQueue;
    const projection = { state: cluster.state } as unknown as Projection;
    const desk = new ServiceOrdersController(
      queue,
      rules,
      withoutRoot,
      simulatedPorts(),
      projection,
    );
    const asked = request as unknown as Parameters<typeof desk.end>[2];
    const service = { job_name: 'web', image: 'web:1', virtualization: 'docker' };
    await desk.order('r', '0', service as Parameters<typeof desk.order>[2], asked);
    await desk.end('r', '0', asked);
    expect(submitted).toMatchObject([
      { type: 'OrderInstance', root: 'first' },
      { type: 'EndInstance', root: 'second' },
    ]);
  });
});

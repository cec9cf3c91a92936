import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  hasMosquitto,
  mosquittoPub,
  startMosquitto,
  type RunningBroker,
} from '../../broker/testing/mosquitto.js';
import { runInbox, type RunningInbox } from './testing/running-inbox.js';

Logger.overrideLogger(false);

const withMosquitto = hasMosquitto() ? describe : describe.skip;

withMosquitto('Two clusters on one Mosquitto', () => {
  let mosquitto: RunningBroker;
  let berlin: RunningInbox;
  let paris: RunningInbox;

  afterEach(async () => {
    await Promise.all([berlin.stop(), paris.stop()]);
    await mosquitto.kill();
  });

  const at = (port: number) => ({ port, username: null, password: null, proves: false });
  const register = (port: number, id: string) =>
    mosquittoPub(port, {
      topic: `nodes/${id}/registration`,
      payload: JSON.stringify({ id, name: id, ip: '127.0.0.1', port: 0 }),
    });
  const has = (inbox: RunningInbox, id: string) =>
    inbox.until(() => inbox.projection.state.nodes.get(id) !== undefined);
  const nodesOf = ({ projection }: RunningInbox) =>
    Array.from(projection.state.nodes.values(), ({ id }) => id);

  it('take in each other’s nodes where nothing keeps them apart', async () => {
    mosquitto = await startMosquitto();
    const { port } = mosquitto;
    berlin = await runInbox(at(port), null, 'oakring-berlin');
    paris = await runInbox(at(port), null, 'oakring-paris');
    await register(port, 'n1');
    await Promise.all([has(berlin, 'n1'), has(paris, 'n1')]);
    expect([nodesOf(berlin), nodesOf(paris)]).toEqual([['n1'], ['n1']]);
  });

  it('take in none that has joined the other alone, where it must have joined', async () => {
    mosquitto = await startMosquitto();
    const { port } = mosquitto;
    const only = (node: string) => (nodeId: string) =>
      nodeId === node ? null : ({ code: 'unauthorized', detail: 'It has not joined.' } as const);
    berlin = await runInbox(at(port), only('n1'), 'oakring-berlin');
    paris = await runInbox(at(port), only('n2'), 'oakring-paris');
    await register(port, 'n1');
    await register(port, 'n2');
    await Promise.all([has(berlin, 'n1'), has(paris, 'n2')]);
    expect([nodesOf(berlin), nodesOf(paris)]).toEqual([['n1'], ['n2']]);
    expect(await paris.deadLetter(1)).toMatchObject({
      ...{ topic: 'nodes/n1/registration', code: 'unauthorized' },
    });
  });
});

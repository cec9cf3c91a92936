import { describe, expect, it } from '@jest/globals';
import { clusterKey, type ClusterState } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { given, ready } from '../testing/given.js';
import { Supervisor } from '../supervision/supervisor.js';
import type { Process } from '../supervision/process.js';
import { Projection } from '../views/projection.js';
import { Outages } from './outages.js';
import { Sight } from './sight.js';

/** A term of a leader; by the ledger nobody was heard for so long before it. */
function scene({ late = true, unheardMs = 0 } = {}) {
  const ports = simulatedPorts();
  const unheardSince = ports.clock.wallMs() - unheardMs;
  const cluster = given(...ready('a'));
  const facts = { clusterId: 'c', name: 'n', location: '', epoch: 2, storm: null, keyEvents: 0 };
  const unsaid = { catalogue: null, root: null, restored: null };
  cluster.state.cluster.set(clusterKey, { ...facts, ...unsaid, unheardSince });
  const listeners = { up: () => {}, down: () => {} };
  const link = {
    upSinceMs: null as number | null,
    onUp: (listener: () => void) => void (listeners.up = listener),
    onDown: (listener: () => void) => void (listeners.down = listener),
  };
  const comesLate = () => late;
  const silent = { lastSeenMonotonicMs: () => null, usualIntervalMs: () => null };
  const sight = new Sight(link, ports.clock, silent, () => cluster.state, {
    comesLate,
    awayMs: unheardMs,
  });
  const said: string[] = [];
  const projection = new Projection(cluster.state as ClusterState, ports);
  const queue: CommandQueue = {
    submit: (async (
      command: Command,
      _origin: unknown,
      _key: unknown,
      stillTrue?: () => boolean,
    ) => {
      if (stillTrue?.() === false) return { status: 'accepted', answer: null };
      const { events, types } = cluster.when(command);
      said.push(...types);
      projection.announce(events, cluster.state.head);
      return { status: 'accepted', answer: null };
    }) as unknown as CommandQueue['submit'],
  };
  const outages = new Outages(sight, comesLate, queue);
  const watch = new Supervisor([outages as Process<unknown>], projection, ports, () => {});
  return {
    ...{ ports, said, watch },
    unheardSince: () => cluster.state.cluster.get(clusterKey)?.unheardSince,
    up: () => {
      link.upSinceMs = ports.clock.monotonicMs();
      listeners.up();
    },
    down: () => {
      link.upSinceMs = null;
      listeners.down();
    },
  };
}

describe('An outage of the broker, or of our link to it', () => {
  it('is on record at once, and until all that come late could be back', async () => {
    const { ports, said, watch, up, down, unheardSince } = scene();
    up();
    watch.start();
    await ports.advance(60_000);
    expect(said.splice(0)).toEqual(['LateReturnsOver']);
    down();
    const lostAt = ports.clock.wallMs();
    await ports.advance(10);
    expect([said, unheardSince()]).toEqual([['BrokerLinkLost'], lostAt]);
    await ports.advance(39_990);
    up();
    await ports.advance(44_900);
    expect(said).toEqual(['BrokerLinkLost']);
    await ports.advance(200);
    expect([said, unheardSince()]).toEqual([['BrokerLinkLost', 'LateReturnsOver'], null]);
    await watch.stop();
  });

  it('that another leader has put on record is over when all could be back since then', async () => {
    const { ports, said, watch, up } = scene({ unheardMs: 30_000 });
    watch.start();
    await ports.advance(10_000);
    up();
    await ports.advance(44_900);
    expect(said).toEqual([]);
    await ports.advance(200);
    expect(said).toEqual(['LateReturnsOver']);
    await watch.stop();
  });

  it('is one with the outage that comes before all are back', async () => {
    const { ports, said, watch, up, down, unheardSince } = scene();
    up();
    watch.start();
    await ports.advance(60_000);
    said.length = 0;
    down();
    const lostAt = ports.clock.wallMs();
    await ports.advance(20_000);
    up();
    await ports.advance(10_000);
    down();
    await ports.advance(5_000);
    expect([said, unheardSince()]).toEqual([['BrokerLinkLost'], lostAt]);
    await watch.stop();
  });

  it('is not written of where no worker comes back late', async () => {
    const { ports, said, watch, up, down } = scene({ late: false, unheardMs: 30_000 });
    up();
    watch.start();
    await ports.advance(700_000);
    down();
    await ports.advance(60_000);
    expect(said).toEqual([]);
    await watch.stop();
  });
});

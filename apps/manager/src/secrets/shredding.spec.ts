import { afterEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import {
  acknowledgeAll,
  given,
  orderStops,
  plan,
  ready,
  replace,
  submitJob,
} from '../testing/given.js';
import type { Given } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { shredding } from './shredding.js';

const set = (name: string, version = 1) =>
  ({ type: 'SetSecret', name, version, key: `${name} ${version}`, sealed: 'AAAA' }) as const;
const remove = (name: string) => ({ type: 'RemoveSecret', name }) as const;
const nodes = ready('a', { features: ['docker:secrets'] });
const job = submitJob('j', { environment: { A: { secret: 'db' } } });

let ports: SimulatedPorts;
let supervisor: Supervisor;
let forgotten: string[];
let broken: boolean;
let tell: (command: Command) => void;
afterEach(() => supervisor.stop());

function begin(...commands: Command[]): Given {
  ports = simulatedPorts();
  [forgotten, broken] = [[], false];
  const cluster = given(...commands);
  const projection = new Projection(cluster.state, ports);
  tell = (command) => projection.announce(cluster.when(command).events, cluster.state.head);
  const queue = {
    submit: async (command: Command) => {
      tell(command);
      return { status: 'accepted', answer: null };
    },
  } as unknown as CommandQueue;
  const vault = {
    forget: async (keys: readonly string[]) => {
      if (broken) throw new Error('the disk is gone');
      forgotten.push(...keys);
    },
  };
  const process = shredding(vault, queue) as Process<unknown>;
  supervisor = new Supervisor([process], projection, ports, () => {});
  supervisor.start();
  return cluster;
}

const types = (cluster: Given) => cluster.history.map(({ type }) => type);

describe('The keys of a secret', () => {
  it('are forgotten once it is removed, and then that is on record', async () => {
    const cluster = begin(set('db'), set('db', 2), set('other'));
    await ports.advance(60_000);
    // Of what nothing runs with the newest is kept.
    expect(forgotten).toEqual(['db 1']);
    tell(remove('db'));
    await ports.advance(60_000);
    expect(forgotten).toEqual(['db 1', 'db 2']);
    expect(cluster.state.secrets.get('db')).toBeUndefined();
    expect(cluster.state.secrets.get('other')).toBeDefined();
    expect(types(cluster).slice(-2)).toEqual(['SecretRemoved', 'SecretShredded']);
  });

  it('stay as long as something runs with them', async () => {
    const cluster = begin(...nodes, set('db'), job, plan('j', 'a'));
    acknowledgeAll(cluster);
    tell(set('db', 2));
    await ports.advance(60_000);
    expect(forgotten).toEqual([]);
    tell({ type: 'RestartJob', id: 'j' });
    replace(cluster, 'a');
    orderStops(cluster);
    acknowledgeAll(cluster);
    tell(set('db', 3));
    await ports.advance(60_000);
    expect(forgotten).toEqual(['db 1']);
  });

  it('of what is removed are forgotten though it runs', async () => {
    const cluster = begin(...nodes, set('db'), job, plan('j', 'a'));
    acknowledgeAll(cluster);
    tell(remove('db'));
    await ports.advance(60_000);
    expect(forgotten).toEqual(['db 1']);
  });

  it('are on record as forgotten when they are, and not before', async () => {
    const cluster = begin(set('db'));
    broken = true;
    tell(remove('db'));
    await ports.advance(60_000);
    expect(types(cluster)).not.toContain('SecretShredded');
    broken = false;
    await ports.advance(120_000);
    expect(types(cluster)).toContain('SecretShredded');
  });

  it('that a former leader had no time to forget are forgotten by the next one', async () => {
    const cluster = begin(set('db'), remove('db'));
    await ports.advance(60_000);
    expect(forgotten).toEqual(['db 1']);
    expect(cluster.state.secrets.get('db')).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { freshKey } from '@oakring/events/testing';
import { stateAsText } from '@oakring/model';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import type { CommandQueue } from '../commands/command.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { given } from '../testing/given.js';
import { beginning, randomCommand } from '../testing/random-commands.js';
import { RootStanding } from '../root/root-standing.js';
import { seenAt } from '../testing/seen.js';
import { spokenTo } from '../wires/spoken.js';
import { LiveExecs } from '../exec/live-execs.js';
import { Projection } from '../views/projection.js';
import { RecentTraces } from '../views/recent-traces.js';
import { processesOf } from './processes.js';

const key = freshKey();

/**
 * A cluster after so many random commands, and everything that happens by itself there. It heard what is
 * in no view before the last of them.
 */
function after(commands: number, seed: number) {
  const ports = simulatedPorts();
  const chance = seededRandomness(seed);
  const cluster = given(...beginning);
  const happen = (times: number): void => {
    for (let count = 0; count < times; count += 1) {
      cluster.when(randomCommand(cluster.state, chance));
    }
  };
  happen(commands / 2);
  const projection = new Projection(cluster.state, ports);
  const up = new Set<() => void>();
  const link = {
    ...{ connected: true, upSinceMs: 0, send: async () => null },
    onUp: (listener: () => void) => void up.add(listener),
    onDown: () => {},
  };
  const parts = processesOf({
    ...{ link, projection, key, ports },
    authority: { stamp: () => Promise.reject(new Error('nobody stamps here')) },
    witnesses: [],
    wires: spokenTo(projection),
    traces: new RecentTraces(ports.clock),
    awayMs: 0,
    leads: () => true,
    root: {
      standing: new RootStanding(ports.clock),
      forgetful: 'end',
      root: {
        name: 'nobody',
        register: () => Promise.reject(new Error('nobody is there')),
        report: () => Promise.reject(new Error('nobody is there')),
      },
    },
    network: null,
    accounts: null,
    vault: { unseal: async () => null, forget: async () => {} },
    execs: new LiveExecs(),
    telemetryLog: new MemoryTelemetryLog(),
    queue: {} as CommandQueue,
    scheduler: { schedule: () => Promise.reject(new Error('nobody schedules here')) },
    table: new TelemetryTable(ports),
    warn: () => {},
  });
  for (const listener of up) listener();
  parts.placements.open();
  const { nodes, jobs, commands: orders } = cluster.state;
  const heardOf = [nodes, jobs, orders].flatMap((table) => Array.from(table.values(), idOf));
  for (const { id } of nodes.values()) {
    parts.silence.connectionLost(id);
    parts.requests.registered(id);
  }
  for (const { id } of orders.values()) parts.expiries.renew(id, cluster.state);
  happen(commands / 2);
  return { ...parts, heardOf, state: cluster.state };
}

const idOf = ({ id }: { readonly id: string }): string => id;

/** What a process keeps beside the views, as far as it is plain. */
function kept(process: object): string {
  const plain = Object.entries(process).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof Map) return [[name, [...value]]];
    if (value instanceof Set) return [[name, [...value]]];
    return typeof value === 'object' || typeof value === 'function' ? [] : [[name, value]];
  });
  return JSON.stringify(plain);
}

describe('Everything that happens by itself', () => {
  it('has a name of its own, as a label of metrics', () => {
    const names = after(0, 1).processes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
  });

  it('gives the same answer to the same look, and changes nothing by looking', () => {
    const acted = new Set<string>();
    for (let seed = 1; seed <= 4; seed += 1) {
      const { processes, heardOf, state } = after(120, seed);
      const before = stateAsText(state);
      for (const process of processes) {
        const keptBefore = kept(process);
        for (const id of new Set([...process.all(state), ...heardOf])) {
          for (const sinceMs of [100_000, 0]) {
            const facts = [process.fact(id, state), process.fact(id, state)];
            expect(facts[1]).toBe(facts[0]);
            if (facts[0] === null) continue;
            const look = () => process.look(id, state, seenAt(100_000, { sinceMs }));
            const first = look();
            expect(look()).toEqual(first);
            if (first.step !== null) acted.add(process.name);
          }
        }
        expect(kept(process)).toBe(keptBefore);
      }
      expect(stateAsText(state)).toBe(before);
    }
    // The states are such that there is something to look at.
    expect(acted.size).toBeGreaterThan(5);
  });
});

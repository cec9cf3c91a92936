import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signingKeyOf } from '@oakring/events';
import { stateAsText } from '@oakring/model';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import type { CommandQueue } from '../commands/command.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { given } from '../testing/given.js';
import { beginning, randomCommand } from '../testing/random-commands.js';
import { seenAt } from '../testing/seen.js';
import { Projection } from '../views/projection.js';
import { processesOf } from './processes.js';

const key = signingKeyOf(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

/** A cluster after so many random commands, and everything that happens by itself there. */
function after(commands: number, seed: number) {
  const ports = simulatedPorts();
  const chance = seededRandomness(seed);
  const cluster = given(...beginning);
  for (let count = 0; count < commands; count += 1) {
    cluster.when(randomCommand(cluster.state, chance));
  }
  const projection = new Projection(cluster.state, ports);
  const up = new Set<() => void>();
  const link = {
    ...{ connected: true, upSinceMs: 0, send: async () => null },
    onUp: (listener: () => void) => void up.add(listener),
    onDown: () => {},
  };
  const parts = processesOf({
    ...{ link, projection, key, ports },
    telemetryLog: new MemoryTelemetryLog(),
    queue: {} as CommandQueue,
    scheduler: { schedule: () => Promise.reject(new Error('nobody schedules here')) },
    table: new TelemetryTable(ports),
    warn: () => {},
  });
  for (const listener of up) listener();
  parts.placements.open();
  return { ...parts, state: cluster.state };
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
      const { processes, state } = after(120, seed);
      const before = stateAsText(state);
      for (const process of processes) {
        for (const id of [...process.all(state)]) {
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
      }
      expect(stateAsText(state)).toBe(before);
    }
    // The states are such that there is something to look at.
    expect(acted.size).toBeGreaterThan(5);
  });
});

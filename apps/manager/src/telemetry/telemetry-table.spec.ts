import { describe, expect, it } from '@jest/globals';
import type { Reading } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import { TelemetryTable, type MeasuredNode } from './telemetry-table.js';

const node: MeasuredNode = {
  id: 'edge-1',
  capacity: { cpuMillis: 4_000, memoryMiB: 8_192 },
  reserved: { cpuMillis: 1_000, memoryMiB: 1_024 },
};

describe('the telemetry table', () => {
  it('knows nothing of a node before the first sign of life', () => {
    const table = new TelemetryTable(simulatedPorts());
    expect(table.latest('edge-1')).toBeNull();
    expect(table.lastSeenMs('edge-1')).toBeNull();
    expect(table.lastSeenMonotonicMs('edge-1')).toBeNull();
  });

  it('shows the newest reading in percent, and when it came', () => {
    const table = new TelemetryTable(simulatedPorts());
    table.record(node, reading({ cpu: 1_000 }), 5, 1_005);
    expect(table.gpusOf(node.id)).toBeNull();
    const gpus = { percent: 5, temperature: 60, vram: 8_000, vramPercent: 7 };
    table.record(node, { ...reading({ cpu: 1_000 }), gpus }, 6, 1_006);
    expect(table.gpusOf(node.id)).toEqual(gpus);
    table.record(node, reading({ cpu: 1_234, memory: 10_000 }), 7, 1_007);
    expect(table.gpusOf(node.id)).toBeNull();
    expect(table.latest('edge-1')).toEqual({ cpu: 12.34, memory: 100 });
    expect(table.lastSeenMs('edge-1')).toBe(1_007);
    expect(table.lastSeenMonotonicMs('edge-1')).toBe(7);
  });

  it('knows what the instances of a node use, by its newest reading alone', () => {
    const table = new TelemetryTable(simulatedPorts());
    const instances = [{ job: 'web', instance: 0, generation: 1, cpu: 250, memory: 100 }];
    table.record(node, reading({ instances }), 1, 1);
    expect(table.usesOn(node.id)).toEqual(instances);
    expect(table.usesOn('another')).toEqual([]);
    table.record(node, reading({ instances: null }), 2, 2);
    expect(table.usesOn(node.id)).toEqual([]);
    table.record(node, reading({ instances }), 3, 3);
    table.forget();
    expect(table.usesOn(node.id)).toEqual([]);
  });

  it('counts other signs of life without inventing a reading', async () => {
    const ports = simulatedPorts();
    const table = new TelemetryTable(ports);
    await ports.advance(40);
    table.touch('edge-1');
    expect(table.latest('edge-1')).toBeNull();
    expect(table.lastSeenMonotonicMs('edge-1')).toBe(40);
    expect(table.lastSeenMs('edge-1')).toBe(ports.clock.wallMs());
  });

  it('keeps nodes apart however many there are', () => {
    const table = new TelemetryTable(simulatedPorts());
    for (let number = 0; number < 1_000; number += 1) {
      table.record({ ...node, id: `edge-${number}` }, reading({ cpu: number }), number, number);
    }
    for (let number = 0; number < 1_000; number += 1) {
      expect(table.latest(`edge-${number}`)?.cpu).toBe(number / 100);
      expect(table.lastSeenMonotonicMs(`edge-${number}`)).toBe(number);
    }
  });
});

describe('foreign load', () => {
  it('is use minus that of our own instances in the same reading, rounded up', () => {
    const table = new TelemetryTable(simulatedPorts());
    const instances = [instance(1_000, 500), instance(501, 500)];
    table.record(node, reading({ cpu: 5_002, memory: 4_000, instances }), 1, 1);
    expect(table.foreignSince(0)).toEqual({
      newest: 1,
      foreign: [{ id: 'edge-1', resources: { cpuMillis: 1_401, memoryMiB: 2_458 } }],
    });
  });

  it('is what exceeds the reservations where a reading lists no instances', () => {
    const table = new TelemetryTable(simulatedPorts());
    table.record(node, reading({ cpu: 5_000, memory: 100 }), 1, 1);
    expect(table.foreignSince(0).foreign).toEqual([
      { id: 'edge-1', resources: { cpuMillis: 1_000, memoryMiB: 0 } },
    ]);
  });

  it('is what is gone of the capacity, and nobody reserved, where a reading says what is free of it', () => {
    const table = new TelemetryTable(simulatedPorts());
    const { memoryMiB: capacity } = node.capacity;
    const { memoryMiB: reserved } = node.reserved;
    // Three quarters of the machine are in use: most of it was before its worker registered.
    const freeMemory = capacity - reserved - 100;
    table.record(node, { ...reading({ memory: 7_500 }), freeMemory }, 1, 1);
    expect(table.foreignOf('edge-1').memoryMiB).toBe(100);
    table.record(node, { ...reading({ memory: 7_500 }), freeMemory: capacity }, 2, 2);
    expect(table.foreignOf('edge-1').memoryMiB).toBe(0);
  });

  it('is told again only when it has moved by one percent of the capacity', () => {
    const table = new TelemetryTable(simulatedPorts());
    table.record(node, reading({ cpu: 5_000, instances: [] }), 1, 1);
    table.record(node, reading({ cpu: 5_090, instances: [] }), 2, 2);
    expect(table.foreignSince(1)).toEqual({ newest: 2, foreign: [] });
    table.record(node, reading({ cpu: 5_100, instances: [] }), 3, 3);
    expect(table.foreignSince(2).foreign[0]?.resources.cpuMillis).toBe(2_040);
    expect(table.foreignSince(3).foreign).toEqual([]);
  });

  it('is told in full to whoever counts from an earlier start', () => {
    const table = new TelemetryTable(simulatedPorts());
    table.record(node, reading({ cpu: 5_000, instances: [] }), 1, 1);
    expect(table.foreignSince(4_711).foreign).toHaveLength(1);
  });
});

function reading(changes: Partial<Reading>): Reading {
  return {
    cpu: 0,
    memory: 0,
    incarnation: null,
    sequence: null,
    instances: null,
    at: null,
    ...changes,
  };
}

function instance(cpu: number, memory: number) {
  return { job: 'web', instance: 0, generation: 1, cpu, memory };
}

import { describe, expect, it } from '@jest/globals';
import { encodeUp, maxMqttPayloadBytes, nativeUp, type StateSaid } from '@oakring/contracts/native';
import type { KnownInstance } from '../controls/decide-control.js';
import { readingOf, statesOf } from './reports.js';

const whole = { cpuMillis: 4_000, memoryMiB: 8_192 };
const head = { incarnation: 3, sequence: 9, cpu: 1_250, memory: 4_000, whole };

describe('A state', () => {
  it('lists every instance, with the reason where there is one', () => {
    const known = [
      instance(0),
      { ...instance(1), status: 'failed' as const, reason: 'exit code 3' },
    ];
    expect(statesOf({ incarnation: 3, requestId: 'r1' }, known)).toEqual([
      {
        incarnation: 3,
        requestId: 'r1',
        instances: [
          { job: 'web', instance: 0, generation: 1, status: 'running' },
          { job: 'web', instance: 1, generation: 1, status: 'failed', reason: 'exit code 3' },
        ],
      },
    ]);
  });

  it('echoes no request when there was none', () => {
    expect(statesOf({ incarnation: 3 }, [])).toEqual([{ incarnation: 3, instances: [] }]);
  });

  it('has what failed instances printed last, of as many as find room, the newest first', () => {
    const lastLines = Array.from({ length: 20 }, (_, line) => `${line} ${'x'.repeat(190)}`);
    const known = [
      ...many(20).map((each) => ({ ...each, status: 'failed' as const, lastLines })),
      { ...instance(20), lastLines: [] },
    ];
    const [state = { instances: [] }, ...others] = statesOf({ incarnation: 3 }, known);
    expect(others).toEqual([]);
    expect(sizeOf(state)).toBeLessThanOrEqual(maxMqttPayloadBytes);
    const explained = (state.instances ?? []).map((each) => each.lastLines !== undefined);
    const first = explained.indexOf(true);
    expect(first).toBeGreaterThan(0);
    expect(explained).toEqual(known.map((_, at) => at >= first && at < 20));
    expect(state.instances?.[19]).toMatchObject({ lastLines });
  });

  it('leaves out reasons before it grows larger than a manager takes', () => {
    const reason = 'x'.repeat(300);
    const known = many(400).map((each) => ({ ...each, status: 'failed' as const, reason }));
    const [state = { instances: [] }] = statesOf({ incarnation: 3, requestId: 'r1' }, known);
    expect(sizeOf(state)).toBeLessThanOrEqual(maxMqttPayloadBytes);
    const parsed = nativeUp.state.decode(payloadOf(state));
    expect(parsed.ok && parsed.value.instances).toHaveLength(400);
    expect(JSON.stringify(state)).not.toContain('reason');
  });
});

describe('A state of more instances than one message takes', () => {
  it('comes in pages that are complete together', () => {
    const known = many(2_000);
    const states = statesOf({ incarnation: 3, requestId: 'r1' }, known);
    expect(states.length).toBeGreaterThan(1);
    const pages = states.map((state) => {
      expect(sizeOf(state)).toBeLessThanOrEqual(maxMqttPayloadBytes);
      const parsed = nativeUp.state.decode(payloadOf(state));
      if (!parsed.ok) throw new Error(parsed.refusal.detail);
      return parsed.value;
    });
    expect(pages.map(({ page, pages: all }) => [page, all])).toEqual(
      pages.map((_, index) => [index + 1, pages.length]),
    );
    expect(pages.flatMap(({ instances }) => instances)).toHaveLength(2_000);
  });
});

describe('A state for a broker that takes less', () => {
  it('comes in pages that it takes, and in no more than a manager does', () => {
    const states = statesOf({ incarnation: 3, requestId: 'r1' }, many(250), 8_000);
    for (const state of states) expect(sizeOf(state)).toBeLessThanOrEqual(8_000);
    expect(statesOf({ incarnation: 3 }, many(10_000), 4_096).length).toBeLessThanOrEqual(64);
  });
});

describe('A reading', () => {
  it('tells the use of each instance in percent of the node', () => {
    const usageOf = () => ({ cpuMillis: 1_000, memoryMiB: 2_048 });
    const reading = readingOf({ ...head, running: [instance(0)], usageOf });
    const payload = encodeUp('information', reading);
    expect(JSON.parse(payload)).toEqual({
      incarnation: 3,
      sequence: 9,
      cpu: 12.5,
      memory: 40,
      instances: [{ job: 'web', instance: 0, generation: 1, cpu: 25, memory: 25 }],
    });
    expect(nativeUp.information.decode(Buffer.from(payload))).toMatchObject({
      value: { ...reading, at: null },
    });
  });

  it('says that there are no instances when there are none', () => {
    expect(readingOf({ ...head, running: [], usageOf: () => null })).toHaveProperty(
      'instances',
      [],
    );
  });

  it('lists none while the use of one is not known: a part would be taken for the whole', () => {
    const usageOf = ({ instance: number }: KnownInstance) => (number === 0 ? whole : null);
    const reading = readingOf({ ...head, running: many(2), usageOf });
    expect(reading).not.toHaveProperty('instances');
  });

  it('lists none when they are more than a manager takes', () => {
    const reading = readingOf({ ...head, running: many(2_000), usageOf: () => whole });
    expect(reading).not.toHaveProperty('instances');
    expect(reading).toMatchObject({ cpu: 1_250, sequence: 9 });
  });
});

function instance(number: number): KnownInstance {
  return { job: 'web', instance: number, generation: 1, status: 'running', reason: null };
}

function many(count: number): KnownInstance[] {
  return Array.from({ length: count }, (_, number) => instance(number));
}

function payloadOf(state: StateSaid): Buffer {
  return Buffer.from(encodeUp('state', state));
}

function sizeOf(state: StateSaid): number {
  return payloadOf(state).byteLength;
}

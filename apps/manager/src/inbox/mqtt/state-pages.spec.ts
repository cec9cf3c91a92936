import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ReportedInstance, WorkerState } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { StatePages } from './state-pages.js';

const mebibyte = 1_048_576;
const topic = 'nodes/edge-1/state';

describe('a state that comes in pages', () => {
  let ports: SimulatedPorts;
  let pages: StatePages;
  let givenUp: { nodeId: string; code: string; detail: string }[];

  beforeEach(() => {
    ports = simulatedPorts();
    givenUp = [];
    pages = new StatePages(ports, (nodeId, { code, detail }) =>
      givenUp.push({ nodeId, code, detail }),
    );
  });

  it('is one report once all pages are there, in their order, and nothing of it is kept', () => {
    expect(pages.take('edge-1', page(2, 3), 10, topic)).toBeNull();
    expect(pages.take('edge-1', page(1, 3), 10, topic)).toBeNull();
    expect(pages.keptBytes).toBe(20);
    const whole = pages.take('edge-1', page(3, 3), 10, topic);
    expect(whole).toMatchObject({ page: 1, pages: 1, requestId: 'r' });
    expect(whole?.instances.map(({ instance }) => instance)).toEqual([1, 2, 3]);
    expect(pages.keptBytes).toBe(0);
  });

  it('counts a page that comes again once', () => {
    for (let round = 0; round < 100; round += 1) pages.take('edge-1', page(1, 2), 60_000, topic);
    expect(pages.keptBytes).toBe(60_000);
  });

  it('begins anew with a page of another report', () => {
    pages.take('edge-1', page(1, 2), 10, topic);
    expect(pages.take('edge-1', { ...page(2, 2), requestId: 'later' }, 10, topic)).toBeNull();
    expect(pages.keptBytes).toBe(10);
  });

  it('never keeps more than 32 MiB of all nodes together, and gives up the one begun first', () => {
    let most = 0;
    for (let node = 0; node < 1_000; node += 1) {
      for (let number = 1; number < 64; number += 1) {
        pages.take(`node-${node}`, page(number, 64), 65_536, topic);
        most = Math.max(most, pages.keptBytes);
      }
    }
    expect(most).toBeLessThanOrEqual(32 * mebibyte);
    expect(givenUp[0]).toMatchObject({ nodeId: 'node-0', code: 'report-incomplete' });
    expect(givenUp).toHaveLength(992);
    expect(pages.take('node-999', page(64, 64), 65_536, topic)?.instances).toHaveLength(64);
  });

  it('keeps a thousand unfinished reports at most, however small', () => {
    for (let node = 0; node <= 1_000; node += 1) pages.take(`node-${node}`, page(1, 2), 1, topic);
    expect(pages.keptBytes).toBe(1_000);
    expect(givenUp.map(({ nodeId }) => nodeId)).toEqual(['node-0']);
  });

  it('is given up when it is not complete after 10 s', async () => {
    pages.take('edge-1', page(1, 3), 10, topic);
    await ports.advance(6_000);
    pages.take('edge-2', page(1, 3), 10, topic);
    pages.take('edge-1', page(2, 3), 10, topic);
    await ports.advance(4_000);
    expect(givenUp).toMatchObject([
      { nodeId: 'edge-1', detail: expect.stringContaining('2 of its pages') },
    ]);
    expect(pages.keptBytes).toBe(10);
    await ports.advance(6_000);
    expect(givenUp).toHaveLength(2);
    expect(pages.keptBytes).toBe(0);
  });
});

function page(number: number, pages: number): WorkerState {
  const instance: ReportedInstance = {
    ...{ job: 'web', instance: number, generation: 1, status: 'running', reason: null },
  };
  return { incarnation: 1, requestId: 'r', instances: [instance], page: number, pages };
}

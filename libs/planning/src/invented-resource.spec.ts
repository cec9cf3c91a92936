import { describe, expect, it } from '@jest/globals';
import { resourceCatalogue, type ResourceKind, type Resources } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { job, node, nodeChanges } from '../testing/index.js';
import { NodeTable } from './nodes/node-table.js';
import { planJobs, type JobToPlan } from './plan/plan.js';
import { rulesOf } from './rules.js';

/** What an entry of the catalogue would be: nothing else is written for it. */
const npu: ResourceKind = {
  ...{ label: 'NPU', unit: 'NPUs', suffix: '', suffixAlone: ' NPU' },
  ...{ maximum: 1_024, assumed: 0, requested: 0, everywhere: false, measured: null },
};
const rules = rulesOf({ ...resourceCatalogue, npu });
const one = { cpuMillis: 1000, memoryMiB: 1000 };
// It is no member of the type, as it is in no catalogue.
const withNpu = (count: number, rest: Resources = one) => ({ ...rest, npu: count }) as Resources;

function tableOf(...nodes: Parameters<typeof node>[]): NodeTable {
  const table = new NodeTable(rules);
  table.apply(nodeChanges({ complete: true, nodes: nodes.map((each) => node(...each)) }));
  return table;
}

const small = { cpuMillis: 100, memoryMiB: 100 };
const half = { cpuMillis: 50, memoryMiB: 50 };
const wants = (count: number, more: Partial<Omit<JobToPlan, 'requirement'>> = {}) =>
  job({ ...more, requirement: { resources: withNpu(count, small) } });
const plan = (table: NodeTable, ...jobs: JobToPlan[]) => planJobs(table, jobs, seededRandomness);

describe('A resource that was entered into the catalogue', () => {
  it('is found where it is, reserved, and used up', () => {
    const table = tableOf(['a', {}], ['b', { capacity: withNpu(2) }]);
    const [placed] = plan(table, wants(1, { instances: 3 }));
    expect(placed?.placements.map(({ nodeId }) => nodeId)).toEqual(['b', 'b']);
    expect(placed?.placements[0]?.reason).toBe(
      'the only node that fits: 900 of 1000 cpuMillis and 900 of 1000 MiB and 1 of 2 NPUs stay free',
    );
    expect(placed?.refusal).toMatchObject({ filtered: { 'capacity-npu': 2 } });
  });

  it('counts as free what is not reserved', () => {
    const table = tableOf(['a', { capacity: withNpu(4), reserved: withNpu(3, small) }]);
    expect(plan(table, wants(2))[0]?.refusal).toMatchObject({
      code: 'no-capacity',
      nearest: { nodeId: 'a', lacking: { cpuMillis: 0, memoryMiB: 0, npu: 1 } },
      wouldFit: { cpuMillis: 900, memoryMiB: 900, npu: 1 },
      detail:
        '1 instance does not fit on any of 1 node: 1 with too little NPU free. Nearest is a, ' +
        'which lacks 1 NPUs; 1 instead of 2 NPUs would fit there.',
    });
  });

  it('is on no record of those that neither have nor want it', () => {
    const [placed] = plan(tableOf(['a', {}]), job());
    expect(placed?.placements[0]?.reason).not.toContain('NPU');
    const [refused] = plan(tableOf(['a', { capacity: small, reserved: half }]), job());
    expect(Object.keys(refused?.refusal?.wouldFit ?? {})).toEqual(['cpuMillis', 'memoryMiB']);
  });

  it('draws no job that does not ask for it, and counts in the score of one that does', () => {
    const table = tableOf(['a', { capacity: withNpu(8) }], ['b', {}]);
    const scores = (planned: JobToPlan) => plan(table, planned)[0]?.placements[0]?.scores;
    expect(scores(job())).toEqual({ leastAllocated: 90, balance: 100, spread: 100 });
    expect(scores(wants(4))).toEqual({ leastAllocated: 76, balance: 60, spread: 100 });
  });
});

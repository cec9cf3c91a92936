import { describe, expect, it } from '@jest/globals';
import type { NodeFacts } from '@oakring/contracts';
import { seededRandomness } from '@oakring/ports';
import { job, node, nodeChanges, tableOf } from '../../testing/index.js';
import { planJobs } from '../plan/plan.js';

const full = (id: string, diskLacks = 500): NodeFacts => node(id, { diskLacks });
const planOn = (nodes: readonly NodeFacts[]) =>
  planJobs(tableOf(nodes), [job()], seededRandomness)[0];

describe('A node whose disk is nearly full', () => {
  it('is given nothing, and the answer says how much must be free', () => {
    expect(planOn([full('n1')])?.refusal).toMatchObject({
      code: 'no-qualified-node',
      filtered: { disk: 1 },
      detail:
        '1 instance does not fit on any of 1 node: 1 with too little room on the disk. ' +
        'Nearest is n1, which has less than 500 MiB left on its disk.',
    });
  });

  it('is passed over for one that has room, or says nothing of its disk', () => {
    expect(planOn([full('a'), node('b')])?.placements).toMatchObject([{ nodeId: 'b' }]);
  });

  it('takes what is new once there is room again', () => {
    const table = tableOf([full('a')]);
    table.apply(nodeChanges({ nodes: [node('a')] }));
    const [plan] = planJobs(table, [job()], seededRandomness);
    expect(plan?.placements).toMatchObject([{ nodeId: 'a' }]);
  });
});

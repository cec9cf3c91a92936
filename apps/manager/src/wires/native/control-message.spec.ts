import { describe, expect, it } from '@jest/globals';
import type { CommandRecord } from '@oakring/model';
import { controlMessage } from './control-message.js';

const record: CommandRecord = {
  ...{ id: '7-0', kind: 'deploy', nodeId: 'edge-1', job: 'web', instance: 0, generation: 1 },
  ...{ targetNodeId: null, status: 'issued', attempt: 1, reason: null },
  ...{ issuedAt: 0, incarnation: 1, denials: 0, ended: 0 },
};
const document = {
  ...{ id: 'web', name: 'web', image: 'shop', technology: 'docker' },
  extra: 'x'.repeat(100_000),
};
const sending = { attempt: 1, epoch: 1, nowMs: 0, validMs: 300_000 };

describe('an order to a worker', () => {
  it.each(['deploy', 'replicate'] as const)('to %s carries the whole document', (kind) => {
    expect(controlMessage({ command: { ...record, kind }, document, ...sending }).job).toEqual(
      document,
    );
  });

  it('says in which trace its job was ordered, where that was in one', () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const order = { command: record, document, ...sending };
    expect(controlMessage({ ...order, trace })).toMatchObject({ traceparent: trace });
    expect(controlMessage(order)).not.toHaveProperty('traceparent');
  });

  it.each(['delete', 'move'] as const)(
    'to %s carries only how the job is called and runs',
    (kind) => {
      const message = controlMessage({ command: { ...record, kind }, document, ...sending });
      const { extra: _, ...needed } = document;
      expect(message.job).toEqual(needed);
      expect(JSON.stringify(message).length).toBeLessThan(1_000);
    },
  );
});

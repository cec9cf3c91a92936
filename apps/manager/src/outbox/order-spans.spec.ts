import { describe, expect, it } from '@jest/globals';
import type { ClusterState, CommandRecord } from '@oakring/model';
import type { Tracer } from '@oakring/ports';
import { OrderSpans } from './order-spans.js';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function order(id: string, status: CommandRecord['status'] = 'issued'): CommandRecord {
  return { id, kind: 'deploy', job: 'web', instance: 0, nodeId: 'n1', status } as CommandRecord;
}

function given() {
  const told: string[] = [];
  let begun = 0;
  const tracer: Tracer = {
    begin: (name, parent) => {
      const mine = `${parent}/${(begun += 1)}`;
      return {
        traceparent: mine,
        end: (facts = {}) => told.push(`${name} ${String(facts['oakring.status'])}`),
      };
    },
  };
  const spans = new OrderSpans();
  return {
    told,
    spans,
    send: (record: CommandRecord, parent: string | null = trace) =>
      spans.traceOf(record, parent ?? undefined, tracer),
    become: (...records: CommandRecord[]) => {
      const known = new Map(records.map((record) => [record.id, record]));
      spans.note(known.keys(), known as unknown as ClusterState['commands']);
    },
  };
}

describe('An order in a trace', () => {
  it('is one span through all of its attempts, until its worker has it', () => {
    const { told, send, become } = given();
    expect(send(order('7-0'))).toBe(`${trace}/1`);
    become(order('7-0'));
    // The job is of no trace any more by then.
    expect(send(order('7-0'), null)).toBe(`${trace}/1`);
    expect(told).toEqual([]);
    become(order('7-0', 'received'));
    become(order('7-0', 'ended'));
    expect(told).toEqual(['order deploy received']);
  });

  it('is one of a thousand at most that are told of', () => {
    const { told, send, become } = given();
    for (let id = 0; id <= 1_000; id += 1) send(order(`${id}-0`));
    become(order('0-0', 'received'));
    expect(told).toEqual([]);
    become(order('1-0', 'received'));
    expect(told).toHaveLength(1);
  });
});

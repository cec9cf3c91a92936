import { refused } from '@oakring/contracts';
import { nodeMark, type Dialect } from '../dialect.port.js';
import { topicOfNode } from '../node-topics.js';

/**
 * A dialect that shares a topic with the native one and means something else on it: text in place of
 * JSON, no acknowledgements, no grants.
 */
export const otherDialect: Dialect = {
  name: 'other',
  up: [
    {
      ...{ topic: `nodes/${nodeMark}/information`, says: 'reading', qos: 1 },
      decode: (_nodeId, payload) => {
        const [first, second = ''] = wordsOf(payload);
        const [cpu, memory] = [Number(first), Number(second)];
        if (!Number.isInteger(cpu) || !Number.isInteger(memory) || second === '') {
          return refused('invalid-field', 'Two whole numbers are wanted.');
        }
        const unsaid = { incarnation: null, sequence: null, instances: null, at: null };
        return { ok: true, value: { what: 'reading', said: { cpu, memory, ...unsaid } } };
      },
    },
    {
      ...{ topic: `nodes/${nodeMark}/job/words`, says: 'ack', qos: 1 },
      decode: (_nodeId, payload) => {
        const [commandId = ''] = wordsOf(payload);
        const ack = { commandId, generation: null, reason: null, incarnation: null };
        return commandId === ''
          ? refused('invalid-field', 'There is no word.')
          : { ok: true, value: { what: 'ack', said: { ...ack, phase: 'succeeded' } } };
      },
    },
  ],
  down: [{ topic: `nodes/${nodeMark}/control/deploy`, isForOrders: true }],
  mostPayloadBytes: 100_000,
  incarnationIn: () => null,
  encode: (nodeId, order) =>
    order.what === 'command'
      ? {
          ok: true,
          value: {
            topic: topicOfNode(`nodes/${nodeMark}/control/deploy`, nodeId),
            payload: order.said.command.job,
            qos: 1,
          },
        }
      : refused('invalid-field', `There is no word for ${order.what}.`),
};

function wordsOf(payload: Uint8Array): string[] {
  return Buffer.from(payload).toString().split(' ');
}

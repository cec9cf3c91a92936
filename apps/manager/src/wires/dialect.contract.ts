import { describe, expect, it } from '@jest/globals';
import { errorCatalogue } from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';
import fc from 'fast-check';
import { accessOf, type Speaker } from './access.js';
import { nodeMark, type Dialect, type OrderKind, type OrderOf } from './dialect.port.js';
import { topicOfNode } from './node-topics.js';

const command: CommandRecord = {
  ...{ id: '7-0', kind: 'deploy', nodeId: 'edge-1', job: 'web', instance: 0, generation: 1 },
  ...{ targetNodeId: null, status: 'issued', attempt: 1, reason: null },
  ...{ issuedAt: 0, incarnation: 1, denials: 0, ended: 0 },
};
const document = { id: 'web', name: 'web', image: 'docker.io/shop:1', technology: 'docker' };
const runtimes = ['docker'];
const at = '2026-11-28T10:00:00.000Z';

/** One of each: does not compile without one that is added. */
export const orders: { readonly [K in OrderKind]: OrderOf<K> } = {
  command: {
    what: 'command',
    said: { command, document, runtimes, attempt: 1, nowMs: 0, validMs: 300_000, epoch: 2 },
  },
  registered: {
    what: 'registered',
    said: { id: 'edge-1', accepted: true, incarnation: 1, epoch: 2, at, periodMs: 2_000 },
  },
  'history-accepted': { what: 'history-accepted', said: { upTo: 8, epoch: 2 } },
  call: {
    what: 'call',
    said: { call: 'close', stream: 's1', incarnation: 1, epoch: 2 },
  },
  grant: { what: 'grant', said: { incarnation: 1, sequence: 17, epoch: 2 } },
  'state-wanted': {
    what: 'state-wanted',
    said: { request: 'state', requestId: 'r1', epoch: 2, at },
  },
};

/** What holds for every dialect. */
export function dialectContract(dialect: Dialect): void {
  const access = accessOf([dialect]);
  const { clientOf = () => 'c' } = dialect;
  /** Its worker, where several have one credential, or it need not show any. */
  const worker: Speaker = { is: 'anyone', clientId: clientOf('edge-1') };

  describe(`The dialect ${dialect.name}`, () => {
    it('names the node once in each of its topics', () => {
      for (const { topic } of [...dialect.up, ...dialect.down]) {
        expect([topic, topic.split('/').filter((level) => level === nodeMark)]).toEqual([
          topic,
          [nodeMark],
        ]);
        expect(topic).not.toMatch(/[+#]/);
      }
    });

    it('lets workers say what it says up, hear what it says down, and neither the other way', () => {
      for (const topic of dialect.up.map((each) => topicOfNode(each.topic, 'edge-1'))) {
        expect([topic, access.publishRefusal(topic, worker)]).toEqual([topic, null]);
        expect([topic, access.maySubscribe(topic, worker)]).toEqual([topic, false]);
      }
      for (const topic of dialect.down.map((each) => topicOfNode(each.topic, 'edge-1'))) {
        expect([topic, access.maySubscribe(topic, worker)]).toEqual([topic, true]);
        expect(access.publishRefusal(topic, worker)).toMatchObject({ code: 'topic-unknown' });
      }
    });

    it('has a topic for orders, whose listeners are watched', () => {
      expect(dialect.down.some(({ isForOrders }) => isForOrders)).toBe(true);
    });

    it.each(dialect.up)('takes whatever comes on $topic, or refuses it with a code', (topic) => {
      const take = (payload: Uint8Array): void => {
        const parsed = topic.decode('edge-1', payload);
        if (parsed.ok) expect(parsed.value.what).toBe(topic.says);
        else expect(Object.keys(errorCatalogue)).toContain(parsed.refusal.code);
        const incarnation = dialect.incarnationIn(payload);
        expect(incarnation === null || Number.isSafeInteger(incarnation)).toBe(true);
      };
      take(Buffer.from(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`));
      fc.assert(fc.property(fc.uint8Array(), take), { seed: 21, numRuns: 50 });
      fc.assert(
        fc.property(fc.json(), (json) => take(Buffer.from(json))),
        { seed: 22, numRuns: 50 },
      );
    });

    it('says each order to its node on a topic of its own, or refuses it with a code', () => {
      for (const order of Object.values(orders)) {
        const encoded = dialect.encode('edge-1', order);
        if (encoded.ok) {
          expect([order.what, access.maySubscribe(encoded.value.topic, worker)]).toEqual([
            order.what,
            true,
          ]);
          expect(encoded.value.topic).toContain('edge-1');
        } else {
          expect(Object.keys(errorCatalogue)).toContain(encoded.refusal.code);
        }
      }
    });

    it('says commands where it says that orders come', () => {
      const encoded = dialect.encode('edge-1', orders.command);
      const topic = encoded.ok ? encoded.value.topic : '';
      expect(access.ordersNodeOf(topic)).toBe('edge-1');
    });
  });
}

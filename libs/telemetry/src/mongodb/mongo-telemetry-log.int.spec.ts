import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, systemPorts, type SimulatedPorts } from '@oakring/ports';
import { openEventStore, type EventStore, type MongoStore } from '@oakring/stores';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../infra/mongo/testing/mongod.js';
import { emptyBatchHead, encodeBatch } from '../batch.js';
import { describeTelemetryLog } from '../telemetry-log.contract.js';
import type { RecordedReading, TelemetryLog } from '../telemetry-log.port.js';
import { batchesOf, documentOf, put } from './batch-document.js';
import { mongoTelemetryLog, mongoTelemetryReader } from './mongo-telemetry-log.js';

const options = {
  ...{ maxSegmentBytes: 1, maxTotalBytes: 1e9, maxAgeMs: 60_000, flushMs: 250 },
  maxBufferedReadings: 10_000,
};
let mongod: AnyMongod;
let databases = 0;
const opened: EventStore[] = [];

async function emptyStore(): Promise<MongoStore> {
  databases += 1;
  const store = await openEventStore(mongod.url(`telemetry-${databases}`), systemPorts().timers);
  opened.push(store);
  if (store.mongodb === null) throw new Error('it is no MongoDB');
  return store.mongodb;
}

describeWithMongod('With a mongod', () => {
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await mongod.remove();
  });

  describeTelemetryLog('The telemetry log in MongoDB', async () => {
    const store = await emptyStore();
    return {
      open: async (ports, changed) => mongoTelemetryLog(store, ports, changed),
      reader: () => mongoTelemetryReader(store),
      cleanUp: async () => {},
    };
  });

  describe('The telemetry log in MongoDB', () => {
    let store: MongoStore;
    let ports: SimulatedPorts;
    beforeEach(async () => {
      store = await emptyStore();
      ports = simulatedPorts();
    });
    const log = (epoch: number, onProblem?: (reason: string) => void): TelemetryLog =>
      mongoTelemetryLog(store, ports, { ...options, epoch, ...(onProblem && { onProblem }) });
    const reading = (nodeId: string): RecordedReading => ({
      ...{ nodeId, at: ports.clock.wallMs(), cpu: 1, memory: 2 },
    });
    const nodesIn = async (): Promise<string[]> => {
      const nodes: string[] = [];
      const query = { nodeId: null, from: 0, to: ports.clock.wallMs() };
      await mongoTelemetryReader(store).read(query, ({ nodeId }) => nodes.push(nodeId));
      return nodes;
    };

    it('takes nothing from a leader once another has taken over', async () => {
      const problems: string[] = [];
      const former = log(1, (reason) => problems.push(reason));
      former.append([reading('a')]);
      await former.flush();
      const next = log(2);
      await next.flush();
      former.append([reading('late')]);
      await expect(former.flush()).rejects.toThrow('the leader of epoch 2');
      next.append([reading('b')]);
      await next.flush();
      await former.close();
      expect(problems).toEqual(['the leader of epoch 2 writes the telemetry log now']);
      expect(await nodesIn()).toEqual(['a', 'b']);
      await expect(log(1).flush()).rejects.toThrow('the leader of epoch 2');
      await next.close();
    });

    it('has a line once whose answer was lost, and does not take another for it', async () => {
      await log(1).flush();
      const batches = batchesOf(store);
      const [line, other] = [[reading('a')], [reading('b')]].map((readings) =>
        documentOf(encodeBatch(emptyBatchHead, 7, readings), 's', { epoch: 1, before: 0 }),
      );
      if (line === undefined || other === undefined) throw new Error('there are two');
      const moved = { ...line, _id: 2 };
      expect([await put(batches, moved), await put(batches, moved)]).toEqual([null, null]);
      expect(await put(batches, { ...other, _id: 2 })).toEqual(moved);
      expect(await batches.countDocuments()).toBe(2);
    });

    it('declares a segment the same again that was half dropped', async () => {
      const one = log(1);
      one.append([reading('a')]);
      await one.flush();
      one.append([reading('b')]);
      await one.flush();
      await ports.advance(60_001);
      const declared = await one.expired();
      const first = declared.find(({ readings }) => readings === 1);
      await batchesOf(store).deleteOne({ _id: first?.firstBatch ?? 0 });
      await one.close();
      const next = log(2);
      await next.flush();
      const again = await next.expired();
      expect(again.find(({ segment }) => segment === first?.segment)).toEqual(first);
      for (const { segment } of again) await next.drop(segment);
      expect(await nodesIn()).toEqual([]);
      await next.close();
    });
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongodProcess } from '../../../../infra/mongo/mongod-process.js';
import { describeWithMongod } from '../../../../infra/mongo/testing/mongod.js';
import { connectMongodb } from './connect-mongodb.js';

describeWithMongod('a mongod that was started with --replSet and not told of its set', () => {
  let mongod: MongodProcess;

  beforeAll(async () => {
    mongod = await MongodProcess.create();
    mongod.launch();
  });
  afterAll(() => mongod.remove());

  it('is named, with what it lacks', async () => {
    const address = `127.0.0.1:${mongod.port}`;
    expect(await refusalBy(address)).toContain(
      `${address} is in no replica set yet: run rs.initiate() there`,
    );
  });

  /** What is said once it takes connections. */
  async function refusalBy(address: string): Promise<string> {
    for (;;) {
      const refusal = await connectMongodb(`mongodb://${address}/oakring?replicaSet=rs`).then(
        () => 'it was taken',
        (error: Error) => error.message,
      );
      if (!refusal.includes('ECONNREFUSED')) return refusal;
    }
  }
});

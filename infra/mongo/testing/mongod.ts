import { describe } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { MongodProcess, mongodProgram, untilPrimary } from '../mongod-process.js';

/** A mongod to keep things in. */
export interface AnyMongod {
  /** URL of a database of that name. */
  url(database: string): string;
  /** A client for looking at and tampering with what is stored. */
  client(): Promise<MongoClient>;
  /** Ends it, if it is our own, and removes its folder. */
  remove(): Promise<void>;
}

/** A real mongod, a replica set of one, that a test may kill, freeze and start again. */
export interface Mongod extends AnyMongod {
  readonly port: number;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** After `kill`: on the same folder and port. Resolves once it takes writes. */
  start(): Promise<void>;
}

/** A replica set that is there already, for suites that kill nothing. */
const given = process.env['OAKRING_TEST_MONGODB_URL'] ?? '';

/** `describe` for what needs a mongod; without one it says loudly what did not run. */
export function describeWithMongod(name: string, suite: () => void): void {
  if (mongodProgram !== null || given !== '') return describe(name, suite);
  console.error(`NOT RUN, there is no mongod: ${name} (see infra/mongo/find-mongod.ts)`);
  // Said on standard error, and a failure in the gate.
  // oxlint-disable-next-line jest/no-disabled-tests
  describe.skip(name, suite);
}

/** The one of OAKRING_TEST_MONGODB_URL, with database names of our own, or one that is started. */
export async function anyMongod(): Promise<AnyMongod> {
  if (given === '') return startMongod();
  const run = `oakring-${process.pid}-${Date.now()}`;
  const names = new Set<string>();
  return {
    url: (database) => {
      const url = new URL(given);
      url.pathname = `/${run}-${database}`;
      names.add(url.pathname.slice(1));
      return url.href;
    },
    client: () => new MongoClient(given).connect(),
    remove: async () => {
      const client = await new MongoClient(given).connect();
      for (const name of names) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

/** Starts a mongod of our own, which may be killed. */
export async function startMongod(): Promise<Mongod> {
  const server = await MongodProcess.create();
  const { port } = server;
  const base = `mongodb://127.0.0.1:${port}`;
  const start = (): Promise<void> => {
    server.launch();
    return untilPrimary(port);
  };
  await start();
  return {
    port,
    url: (database) => `${base}/${database}?directConnection=true`,
    kill: () => server.kill(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    start,
    client: () => new MongoClient(`${base}/?directConnection=true`).connect(),
    remove: () => server.remove(),
  };
}

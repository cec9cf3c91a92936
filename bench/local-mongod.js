import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { findMongod } from '../infra/mongo/find-mongod.js';

/** A replica set of one in `folder`; null when there is no mongod. */
export async function startMongod(folder) {
  const program = findMongod();
  if (program === null) return null;
  const port = await freePort();
  const dbpath = join(folder, 'mongod');
  mkdirSync(dbpath, { recursive: true });
  const child = spawn(
    program,
    ['--dbpath', dbpath, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs'],
    { stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const base = `mongodb://127.0.0.1:${port}`;
  for (;;) {
    try {
      const client = await new MongoClient(`${base}/?directConnection=true`, {
        serverSelectionTimeoutMS: 500,
      }).connect();
      const admin = client.db('admin');
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      await admin.command({ replSetInitiate: { _id: 'rs', members } }).catch(() => null);
      const { isWritablePrimary } = await admin.command({ hello: 1 });
      await client.close();
      if (isWritablePrimary) return { child, gone, base };
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { keepsTheChecksContract } from './checks.contract.js';
import { ProcessRuntime } from './process.runtime.js';
import { toStart } from './runtime.contract.js';
import { endInstancesOf } from './testing/end-instances.js';
import { processesWith } from './testing/processes.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-check-'));
});
afterEach(async () => {
  await endInstancesOf(folder);
  rmSync(folder, { recursive: true });
});

describe('The process runtime looks into its instances and', () => {
  keepsTheChecksContract(async () => ({
    runtime: new ProcessRuntime(systemPorts(), { folder }),
    job: { cmd: ['/bin/sh', '-c', 'sleep 599; true'], environment: { WHERE: 'there' } },
    running: async (text) => processesWith(text).length,
  }));
});

describe('The port of a process that is looked at', () => {
  const address = { job: 'web', instance: 0, generation: 1 };
  const job = { cmd: ['/bin/sh', '-c', 'sleep 597; true'] };
  const probe = { by: 'tcp', port: 80 } as const;

  it.each(['127.0.0.1', '127.0.0.2'])(
    'is the one of the node that it was told of, at its address (%s)',
    async (host) => {
      const runtime = new ProcessRuntime(systemPorts(), { folder });
      const { signal } = new AbortController();
      await runtime.start(toStart(address, job), signal);
      const program = createServer((socket) => socket.end());
      program.listen(0, host);
      await once(program, 'listening');
      const { port } = program.address() as AddressInfo;
      const ports = [
        { port: 80, published: port, ...(host === '127.0.0.1' ? {} : { address: host }) },
      ];
      try {
        expect(await runtime.check(toStart(address, { ...job, ports }), probe, 20_000)).toBeNull();
      } finally {
        program.close();
        await runtime.stop(address);
        await runtime.close();
      }
    },
  );
});

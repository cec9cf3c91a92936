import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { keepsTheChecksContract } from './checks.contract.js';
import { ProcessRuntime } from './process.runtime.js';
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

import { describe } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { keepsTheChecksContract } from './checks.contract.js';
import { ProcessRuntime } from './process.runtime.js';
import { processesWith } from './testing/processes.js';

describe('The process runtime looks into its instances and', () => {
  keepsTheChecksContract(async () => ({
    runtime: new ProcessRuntime(systemPorts()),
    job: { cmd: ['/bin/sh', '-c', 'sleep 599; true'], environment: { WHERE: 'there' } },
    running: async (text) => processesWith(text).length,
  }));
});

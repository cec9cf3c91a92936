import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { keepsTheExecContract } from './exec.contract.js';
import { keepsTheRuntimeContract, toStart } from './runtime.contract.js';
import { SimulatedRuntime } from './simulated.runtime.js';

const address = { job: 'web', instance: 0, generation: 1 };
const job = { id: 'web', technology: 'simulated' };

describe('The simulated runtime', () => {
  keepsTheRuntimeContract(async () => {
    const runtime = new SimulatedRuntime(0, simulatedPorts());
    return {
      runtime,
      lasting: job,
      ending: () => null,
      script: () => null,
      impossible: null,
      printing: { job, lines: ['started'] },
      runs: async (where) => runtime.usageOf(where) !== null,
      cleanUp: async () => {},
    };
  });

  describe('runs commands in its instances, as it were, and', () => {
    keepsTheExecContract(async () => ({
      runtime: new SimulatedRuntime(0, simulatedPorts()),
      job,
      commands: {
        ...{ echo: ['echo', 'there'], fail: ['fail', 'no'], cat: ['cat'], exit3: ['exit', '3'] },
        ...{ zeros: ['zeros'], sleep: ['sleep'], stubborn: null, size: ['size'] },
      },
      left: null,
    }));
  });

  it('prints a line now and then where it is told to', async () => {
    const ports = simulatedPorts();
    const runtime = new SimulatedRuntime(0, ports);
    const printing = { ...job, simulate: { printEveryMs: 1_000 } };
    await runtime.start(toStart(address, printing), new AbortController().signal, () => {});
    await ports.advance(2_500);
    const wanted = {
      agoMs: 600,
      tail: null,
      follow: false,
      previous: false,
      notBefore: 1,
      after: null,
    };
    const lines: string[] = [];
    for await (const batch of runtime.logs(address, wanted, new AbortController().signal)) {
      lines.push(...batch.map(({ text }) => text));
    }
    expect(lines).toEqual(['line 2']);
  });

  it('takes as long to start as it was told, and says that it goes on', async () => {
    const ports = simulatedPorts();
    const runtime = new SimulatedRuntime(5_000, ports);
    const said: string[] = [];
    const started = runtime.start(toStart(address, job), new AbortController().signal, (what) =>
      said.push(what),
    );
    await ports.advance(4_999);
    expect(runtime.usageOf(address)).toBeNull();
    await ports.advance(1);
    await started;
    expect(said).toEqual(['3000 ms to go', '1000 ms to go']);
    expect(runtime.usageOf(address)).toEqual({ cpuMillis: 50, memoryMiB: 32 });
  });

  it('ends a start that is cancelled under way at once', async () => {
    const cancel = new AbortController();
    const runtime = new SimulatedRuntime(5_000, simulatedPorts());
    const started = runtime.start(toStart(address, job), cancel.signal, () => {});
    cancel.abort();
    await expect(started).rejects.toThrow('the start was cancelled');
    expect(runtime.usageOf(address)).toBeNull();
  });
});

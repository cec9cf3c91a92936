import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { testIo } from '../testing/test-io.js';
import type { Service } from '../cluster/service.js';
import { Documents } from '../output.js';
import { serve, type Loaded } from './serve.js';

const never = new Promise<never>(() => {});

function given() {
  const io = testIo();
  const ports = simulatedPorts();
  const told: string[] = [];
  const said: string[] = [];
  const service: Service = {
    failed: never,
    stop: async () => void told.push('stopped'),
  };
  const serveWith = (load: () => Promise<Loaded<Service>>) =>
    serve(
      { io, ports, env: {}, afterDashes: [], program: 'oakring', documents: new Documents() },
      load,
      () => told.push('ready'),
    );
  const run = (start: (stopping: AbortSignal) => Promise<Service> = async () => service) =>
    serveWith(async () => ({ start, say: (line) => void said.push(line) }));
  return { io, ports, told, said, service, run, serveWith };
}

describe('a service', () => {
  it('stops once, however many signals come', async () => {
    const { io, ports, told, said, run } = given();
    const serving = run();
    await ports.advance(1_000);
    expect(told).toEqual(['ready']);
    for (let signals = 0; signals < 3; signals += 1) io.signal();
    await serving;
    expect(told).toEqual(['ready', 'stopped']);
    expect(io.deadlines).toEqual([4_800]);
    // Once, and last.
    expect(said).toEqual(['ended: SIGTERM, after 1.0 s; to stop took 0.0 s']);
  });

  it('is stopped as soon as it has started when the signal came before, and is never ready', async () => {
    const { io, ports, told, service, run } = given();
    let finish: () => void = () => {};
    const started = new Promise<void>((resolve) => (finish = resolve));
    const serving = run(async (stopping) => {
      await started;
      told.push(`asked to stop: ${stopping.aborted}`);
      return service;
    });
    await ports.advance(1);
    io.signal();
    await ports.advance(10);
    expect(told).toEqual([]);
    finish();
    await serving;
    expect(told).toEqual(['asked to stop: true', 'stopped']);
  });

  it('is not started when the signal comes while its code is loaded', async () => {
    const { io, told, service, serveWith } = given();
    let load: (loaded: Loaded<Service>) => void = () => {};
    const serving = serveWith(() => new Promise((resolve) => (load = resolve)));
    io.signal();
    load({
      start: async () => {
        told.push('started');
        return service;
      },
    });
    await serving;
    expect(told).toEqual([]);
  });

  it('has a deadline before its stop begins, also when it cannot go on', async () => {
    const { io, run } = given();
    const atStop: number[] = [];
    const stop = async (): Promise<void> => void atStop.push(...io.deadlines);
    const failed = Promise.reject(new Error('the disk is full'));
    await expect(run(async () => ({ failed, stop }))).rejects.toThrow('the disk is full');
    expect(atStop).toEqual([4_800]);
  });

  it('stops and says why when it cannot go on', async () => {
    const { told, said, service, run } = given();
    const failed = Promise.reject(new Error('the disk is full'));
    await expect(run(async () => ({ ...service, failed }))).rejects.toMatchObject({
      message: 'the disk is full',
      exitCode: 1,
    });
    expect(said).toEqual([expect.stringMatching(/^ended: the disk is full, after /)]);
    expect(told).toEqual(['ready', 'stopped']);
  });

  it('ends by itself when it is finished', async () => {
    const { told, service, run } = given();
    await run(async () => ({ ...service, finished: Promise.resolve() }));
    expect(told).toEqual(['ready', 'stopped']);
  });

  it('that does not start throws what its start threw', async () => {
    const { told, run } = given();
    await expect(run(() => Promise.reject(new Error('port taken')))).rejects.toThrow('port taken');
    expect(told).toEqual([]);
  });
});

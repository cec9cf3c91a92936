import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import type { InstanceAddress, InstanceExit, InstanceToStart, Runtime } from './runtime.port.js';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** A job whose instances run until they are stopped. */
  readonly lasting: JsonObject;
  /** A job whose instances end by themselves; null where none do. */
  ending(exitCode: number): JsonObject | null;
  /** A job that cannot be started, and what the reason must name; null where all can. */
  readonly impossible: { readonly job: JsonObject; readonly names: RegExp } | null;
  /** What really runs, looked at from outside. */
  runs(address: InstanceAddress): Promise<boolean>;
  cleanUp(): Promise<void>;
}

const first: InstanceAddress = { job: 'web', instance: 0, generation: 1 };

/** What every runtime keeps; each implementation runs it. */
export function keepsTheRuntimeContract(make: () => Promise<RuntimeUnderTest>): void {
  let subject: RuntimeUnderTest;
  let exits: { readonly address: InstanceAddress; readonly exit: InstanceExit }[];
  let exited: Promise<void>;

  beforeEach(async () => {
    subject = await make();
    exits = [];
    exited = new Promise((resolve) => {
      subject.runtime.onExit((address, exit) => {
        exits.push({ address, exit });
        resolve();
      });
    });
    expect(await subject.runtime.existing()).toEqual([]);
  });
  afterEach(async () => {
    await subject.runtime.close();
    await subject.cleanUp();
  });

  const start = (
    address: InstanceAddress,
    description = subject.lasting,
    signal = new AbortController().signal,
  ): Promise<void> => subject.runtime.start(toStart(address, description), signal, () => {});

  it('runs an instance once its start has resolved', async () => {
    expect(await subject.runs(first)).toBe(false);
    await start(first);
    expect(await subject.runs(first)).toBe(true);
  });

  it('leaves alone what runs already', async () => {
    await start(first);
    await start(first);
    expect(await subject.runs(first)).toBe(true);
    await subject.runtime.stop(first);
    expect(await subject.runs(first)).toBe(false);
    expect(exits).toEqual([]);
  });

  it('has ended an instance once its stop has resolved, and does not call that news', async () => {
    await start(first);
    await subject.runtime.stop(first);
    expect(await subject.runs(first)).toBe(false);
    expect(exits).toEqual([]);
  });

  it('takes the stop of what is not there for done, and may be told twice', async () => {
    await subject.runtime.stop(first);
    await start(first);
    await subject.runtime.stop(first);
    await subject.runtime.stop(first);
  });

  it('keeps numbers and generations apart', async () => {
    const next = { ...first, generation: 2 };
    const other = { ...first, instance: 1 };
    await Promise.all([start(first), start(next), start(other)]);
    await subject.runtime.stop(first);
    expect(await subject.runs(first)).toBe(false);
    expect(await subject.runs(next)).toBe(true);
    expect(await subject.runs(other)).toBe(true);
  });

  it('starts an instance again that was stopped', async () => {
    await start(first);
    await subject.runtime.stop(first);
    await start(first);
    expect(await subject.runs(first)).toBe(true);
  });

  it('starts nothing that was cancelled before', async () => {
    await expect(start(first, subject.lasting, AbortSignal.abort())).rejects.toThrow(/cancelled/);
    expect(await subject.runs(first)).toBe(false);
  });

  it('knows what an instance uses after it looked twice', async () => {
    await start(first);
    await subject.runtime.measure();
    await subject.runtime.measure();
    const used = subject.runtime.usageOf(first);
    expect(used?.cpuMillis).toBeGreaterThanOrEqual(0);
    expect(used?.memoryMiB).toBeGreaterThan(0);
    expect(subject.runtime.usageOf({ ...first, generation: 9 })).toBeNull();
  });

  it.each([
    [0, 'completed', 'exit code 0'],
    [3, 'failed', 'exit code 3'],
  ])('tells once of an instance that ends with %i', async (code, status, reason) => {
    const description = subject.ending(code);
    if (description === null) return;
    await start(first, description);
    await exited;
    expect(exits).toEqual([
      { address: first, exit: { status, reason: expect.stringContaining(reason) } },
    ]);
    await subject.runtime.stop(first);
    expect(exits).toHaveLength(1);
  });

  it('says why it cannot start something, and that it is the job’s fault, and leaves nothing behind', async () => {
    if (subject.impossible === null) return;
    const { job, names } = subject.impossible;
    await expect(start(first, job)).rejects.toThrow(names);
    await expect(start(first, job)).rejects.toMatchObject({ fault: 'job' });
    expect(await subject.runs(first)).toBe(false);
    await start(first);
    expect(await subject.runs(first)).toBe(true);
  });
}

export function toStart(address: InstanceAddress, description: JsonObject): InstanceToStart {
  return { ...address, description, resources: { cpuMillis: 100, memoryMiB: 64 } };
}

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import {
  NothingPrinted,
  ownVariables,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToStart,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from './runtime.port.js';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** A job whose instances run until they are stopped. */
  readonly lasting: JsonObject;
  /** A job whose instances end by themselves; null where none do. */
  ending(exitCode: number): JsonObject | null;
  /** A job that ends with what this script of /bin/sh ends with; null where none is run. */
  script(text: string): JsonObject | null;
  /** A job that cannot be started, and what the reason must name; null where all can. */
  readonly impossible: { readonly job: JsonObject; readonly names: RegExp } | null;
  /** A job whose instances print lines that contain these, in this order, and go on then. */
  readonly printing: { readonly job: JsonObject; readonly lines: readonly string[] };
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
    expect(exits).toMatchObject([
      { address: first, exit: { status, reason: expect.stringContaining(reason) } },
    ]);
    await subject.runtime.stop(first);
    expect(exits).toHaveLength(1);
  });

  it('tells of one that failed what it printed last, and of no other', async () => {
    const script = subject.script('for n in 1 2 3; do echo line $n; done; exit $CODE');
    if (script === null) return;
    await start(first, { ...script, environment: { CODE: '4' } });
    await exited;
    expect(exits[0]?.exit.lastLines).toEqual(['line 1', 'line 2', 'line 3']);
    await subject.runtime.stop(first);
    exited = new Promise((resolve) =>
      subject.runtime.onExit((_address, exit) =>
        resolve(void exits.push({ address: first, exit })),
      ),
    );
    await start({ ...first, generation: 2 }, { ...script, environment: { CODE: '0' } });
    await exited;
    expect(exits[1]?.exit.lastLines).toBeUndefined();
  });

  /** What the end of a script said; null where none is run. */
  const ran = async (text: string, more: JsonObject = {}): Promise<string | null> => {
    const script = subject.script(text);
    if (script === null) return null;
    await start(first, { ...script, ...more });
    await exited;
    return exits[0]?.exit.reason ?? '';
  };
  const succeeded = [null, 'exit code 0'];

  it('tells an instance which one it is, and where', async () => {
    const asks = [
      '[ "$OAKRING_JOB" = web ] || exit 3',
      '[ "$OAKRING_INSTANCE" = 0 ] || exit 4',
      '[ "$OAKRING_GENERATION" = 1 ] || exit 5',
      '[ "$OAKRING_NODE" = here ] || exit 6',
      '[ "$GREETING" = hello ]',
    ].join('; ');
    expect(succeeded).toContain(await ran(asks, { environment: { GREETING: 'hello' } }));
  });

  it('gives an instance the secrets that its job names, and starts none without them', async () => {
    const asks = '[ "$PASSWORD" = "hunter2 and \\"more\\"" ] || exit 3; [ "$PLAIN" = x ]';
    const script = subject.script(asks);
    if (script === null || !subject.runtime.features.includes('secrets')) return;
    const environment = { PASSWORD: { secret: 'db' }, PLAIN: 'x' };
    const order = toStart(first, { ...script, environment });
    const { signal } = new AbortController();
    const without = subject.runtime.start(order, signal, () => {});
    await expect(without).rejects.toThrow(/came without the value of secret db/);
    expect(await subject.runs(first)).toBe(false);
    const secrets = { db: 'hunter2 and "more"', other: 'not for it' };
    await subject.runtime.start({ ...order, secrets }, signal, () => {});
    await exited;
    expect(exits[0]?.exit.reason).toBe('exit code 0');
  });

  it('begins in the folder that the job names', async () => {
    if (!subject.runtime.features.includes('working-directory')) return;
    expect(succeeded).toContain(await ran('[ "$PWD" = /tmp ]', { workingDirectory: '/tmp' }));
  });

  it('appends what follows the command, as it is', async () => {
    const asks = '[ "$0" = name ] && [ "$1" = "*" ] && [ $# = 1 ]';
    expect(succeeded).toContain(await ran(asks, { args: ['name', '*'] }));
  });

  it('keeps a named volume when an instance ends, for the next one that names it', async () => {
    if (!subject.runtime.features.includes('volumes')) return;
    const isContainer = subject.runtime.technology === 'docker';
    const volumes = [isContainer ? 'kept:/kept' : 'kept'];
    const path = isContainer ? '/kept' : '"$OAKRING_VOLUME_KEPT"';
    const write = { ...subject.script(`echo hello > ${path}/file`), volumes };
    await start(first, write);
    await exited;
    await subject.runtime.stop(first);
    const second = { ...first, generation: 2 };
    exited = new Promise((resolve) =>
      subject.runtime.onExit((_address, exit) =>
        resolve(void exits.push({ address: second, exit })),
      ),
    );
    await start(second, { ...subject.script(`[ "$(cat ${path}/file)" = hello ]`), volumes });
    await exited;
    expect(exits.map(({ exit }) => exit.reason)).toEqual(['exit code 0', 'exit code 0']);
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

  it('has what an instance printed, and follows it until it has ended', async () => {
    const { job, lines } = subject.printing;
    await start(first, job);
    const followed = followedLines(subject.runtime, first);
    await followed.until(lines.length);
    expect(textOf(followed.lines)).toEqual(lines.map((line) => expect.stringContaining(line)));
    expect(followed.lines.map(({ generation }) => generation)).toEqual(lines.map(() => 1));
    const marks = marksOf(followed.lines);
    expect(marksOf(await linesOf({ tail: 1 }))).toEqual(marks.slice(-1));
    expect(marksOf(await linesOf({ after: marks[0] ?? '' }))).toEqual(marks.slice(1));
    await subject.runtime.stop(first);
    await followed.ended;
  });

  it('has what it printed before, in an earlier generation', async () => {
    const { job, lines } = subject.printing;
    await start(first, job);
    await followedLines(subject.runtime, first).until(lines.length);
    await subject.runtime.stop(first);
    const second = { ...first, generation: 2 };
    await start(second, job);
    await followedLines(subject.runtime, second).until(lines.length);
    const before = await linesOf({ previous: true }, second);
    expect(textOf(before.slice(0, lines.length))).toEqual(
      lines.map((line) => expect.stringContaining(line)),
    );
    expect(before.every(({ generation }) => generation === 1)).toBe(true);
    // Unless that was another job of the same id.
    const others = linesOf({ previous: true, notBefore: 2 }, second);
    await expect(others).rejects.toThrow(NothingPrinted);
    const now = await linesOf({}, second);
    expect(now.every(({ generation }) => generation === 2)).toBe(true);
  });

  it('has apart what two generations print that run beside each other', async () => {
    const { job, lines } = subject.printing;
    const second = { ...first, generation: 2 };
    await start(first, job);
    await start(second, job);
    const both = [first, second].map((address) => followedLines(subject.runtime, address));
    await Promise.all(both.map((followed) => followed.until(lines.length)));
    const printed = lines.map((line) => expect.stringContaining(line));
    for (const [at, followed] of both.entries()) {
      expect(textOf(followed.lines.slice(0, lines.length))).toEqual(printed);
      expect(followed.lines.every(({ generation }) => generation === at + 1)).toBe(true);
    }
    await subject.runtime.stop(first);
    const before = await linesOf({ previous: true }, second);
    expect(before.every(({ generation }) => generation === 1)).toBe(true);
    expect(textOf(before.slice(0, lines.length))).toEqual(printed);
  });

  it('says so where nothing is kept of what was printed', async () => {
    await expect(linesOf({})).rejects.toThrow(NothingPrinted);
    await start(first);
    await expect(linesOf({ previous: true })).rejects.toThrow(NothingPrinted);
  });

  it('ends, without an error, when nobody reads what is printed any more', async () => {
    await start(first, subject.printing.job);
    const leaving = new AbortController();
    const followed = followedLines(subject.runtime, first, leaving.signal);
    await followed.until(1);
    leaving.abort();
    await followed.ended;
  });

  function linesOf(wanted: Partial<LogsWanted>, address = first): Promise<PrintedLine[]> {
    return printedBy(subject.runtime, address, wanted);
  }
}

const all: LogsWanted = {
  agoMs: null,
  tail: null,
  follow: false,
  previous: false,
  notBefore: 1,
  after: null,
};

async function printedBy(
  runtime: Runtime,
  address: InstanceAddress,
  wanted: Partial<LogsWanted>,
): Promise<PrintedLine[]> {
  const lines: PrintedLine[] = [];
  const { signal } = new AbortController();
  for await (const batch of runtime.logs(address, { ...all, ...wanted }, signal)) {
    lines.push(...batch);
  }
  return lines;
}

function followedLines(
  runtime: Runtime,
  address: InstanceAddress,
  signal = new AbortController().signal,
) {
  const lines: PrintedLine[] = [];
  let wake: () => void = () => {};
  const read = async (): Promise<void> => {
    for await (const batch of runtime.logs(address, { ...all, follow: true }, signal)) {
      lines.push(...batch);
      wake();
    }
  };
  const ended = read();
  return {
    lines,
    ended,
    async until(count: number): Promise<void> {
      while (lines.length < count) {
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), ended]);
      }
    },
  };
}

function marksOf(lines: readonly PrintedLine[]): string[] {
  return lines.map(({ mark }) => mark);
}

function textOf(lines: readonly PrintedLine[]): string[] {
  return lines.map(({ text }) => text);
}

export function toStart(address: InstanceAddress, description: JsonObject): InstanceToStart {
  const own = ownVariables(address, 'here');
  return { ...address, description, resources: { cpuMillis: 100, memoryMiB: 64 }, own };
}

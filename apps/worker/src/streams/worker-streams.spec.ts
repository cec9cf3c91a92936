import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HeardCall, StreamSaid } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { toStart } from '../runtimes/runtime.contract.js';
import type { LogsWanted, PrintedLine } from '../runtimes/runtime.port.js';
import { SimulatedRuntime } from '../runtimes/simulated.runtime.js';
import { Execs } from './exec-stream.js';
import { WorkerStreams } from './worker-streams.js';

const address = { job: 'web', instance: 0, generation: 1 };
const nothing: HeardCall = {
  ...{ call: null, stream: null, incarnation: null, wants: null, job: null, instance: null },
  ...{
    generation: null,
    technology: null,
    agoMs: null,
    tail: null,
    follow: null,
    previous: null,
    notBefore: null,
  },
  ...{ after: null, command: null, tty: null, columns: null, rows: null, credit: null },
  ...{ sequence: null, data: null, last: null, epoch: null, ledger: null },
};

/** A runtime that has as much to say as a reader takes. */
class Talkative extends SimulatedRuntime {
  asked = 0;

  override async *logs(
    _address: unknown,
    _wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PrintedLine[]> {
    while (!signal.aborted && this.asked < 1_000) {
      this.asked += 1;
      const text = 'x'.repeat(1_000);
      yield [{ generation: 1, atMs: 0, text, isOpen: false, mark: String(this.asked) }];
    }
  }
}

let ports: SimulatedPorts;
let said: StreamSaid[];
let epoch: number;
let streams: WorkerStreams;
let runtime: SimulatedRuntime;
let allowsExec: boolean;

beforeEach(() => {
  ports = simulatedPorts();
  runtime = new SimulatedRuntime(0, ports);
  allowsExec = true;
  begin();
});

function begin(): void {
  said = [];
  epoch = 3;
  streams = new WorkerStreams({
    ports,
    runtimes: [runtime],
    execs: new Execs(allowsExec, (where) =>
      runtime.usageOf(where) === null ? null : toStart(where, { id: 'web' }),
    ),
    incarnation: () => 2,
    highestEpoch: () => epoch,
    say: (message) => said.push(message),
    mostBytes: () => 65_536,
  });
}

function call(more: Partial<HeardCall>): void {
  streams.take({ ...nothing, stream: 's1', incarnation: 2, epoch: 3, ...more });
}

function open(more: Partial<HeardCall> = {}): void {
  const wanted = { wants: 'logs', technology: 'simulated', credit: 65_536 } as const;
  call({ call: 'open', ...wanted, ...address, follow: true, ...more });
}

async function run(): Promise<void> {
  await runtime.start(toStart(address, { id: 'web' }), new AbortController().signal, () => {});
}

function dataOf(stream = 's1'): string {
  return said
    .filter((each) => each.stream === stream && each.says === 'data')
    .map(({ data }) => Buffer.from(data ?? '', 'base64').toString())
    .join('');
}

function ends(): (StreamSaid | undefined)[] {
  return said.filter(({ says }) => says === 'end');
}

describe('The streams of a worker', () => {
  it('say what was asked for, numbered, and how they came to their end', async () => {
    await run();
    open();
    await ports.advance(1);
    expect(said[0]).toMatchObject({ says: 'opened', stream: 's1', incarnation: 2 });
    expect(JSON.parse(dataOf())).toMatchObject({ generation: 1, text: 'started' });
    await runtime.stop(address);
    await ports.advance(1);
    const numbers = said.filter(({ says }) => says === 'data').map(({ sequence }) => sequence);
    expect(numbers).toEqual([0, 1]);
    expect(ends()).toEqual([{ says: 'end', stream: 's1', incarnation: 2, sequence: 2 }]);
  });

  it('say no more than they have credit for, and read no more meanwhile', async () => {
    const talkative = new Talkative(0, ports);
    runtime = talkative;
    begin();
    open({ credit: 5_000 });
    await ports.advance(100);
    expect(dataOf()).toHaveLength(5_000);
    expect(talkative.asked).toBeLessThan(10);
    call({ call: 'credit', credit: 7_000 });
    // Late, or said twice.
    call({ call: 'credit', credit: 6_000 });
    await ports.advance(100);
    expect(dataOf()).toHaveLength(7_000);
  });

  it('wait for nobody: one without credit holds up no other', async () => {
    runtime = new Talkative(0, ports);
    begin();
    open({ stream: 'slow', credit: 0 });
    open({ stream: 'quick', credit: 20_000 });
    await ports.advance(100);
    expect(dataOf('slow')).toBe('');
    expect(dataOf('quick')).toHaveLength(20_000);
  });

  it.each<[string, () => Promise<void> | void]>([
    [
      'with the leadership that opened them',
      async () => {
        epoch = 4;
        await ports.advance(1_000);
      },
    ],
    ['when whoever opened them is not heard for 20 s', () => ports.advance(21_000)],
    ['with the connection', () => streams.endAll('The connection to the broker is lost.')],
  ])('end %s, and say why', async (_when, happens) => {
    await run();
    open();
    await ports.advance(1);
    await happens();
    await ports.advance(1);
    expect(ends()).toEqual([expect.objectContaining({ code: 'stream-broken' })]);
    call({ call: 'credit', credit: 99_999 });
    expect(said.at(-1)).toMatchObject({ says: 'end', code: 'stream-broken' });
  });

  it('go on while whoever opened them says that he is there, and say so themselves', async () => {
    await run();
    open();
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await ports.advance(5_000);
      call({ call: 'credit', credit: 65_536 });
    }
    expect(ends()).toEqual([]);
    expect(said.filter(({ says }) => says === 'alive').length).toBeGreaterThan(5);
  });

  it('end without a word when their reader closes them', async () => {
    await run();
    open();
    await ports.advance(1);
    call({ call: 'close' });
    await ports.advance(1);
    expect(ends()).toEqual([]);
    open();
    await ports.advance(1);
    expect(said.filter(({ says }) => says === 'opened')).toHaveLength(2);
  });

  it('are of this start alone', async () => {
    await run();
    open({ incarnation: 1 });
    open({ incarnation: null });
    await ports.advance(1);
    expect(said).toEqual([]);
  });

  it.each<[string, Partial<HeardCall>, string]>([
    ['of what was never printed', { job: 'other', follow: false }, 'nothing-printed'],
    ['of a runtime that is not here', { technology: 'docker' }, 'feature-missing'],
    ['of what this release does not know', { wants: null }, 'feature-missing'],
    ['of no instance', { job: null }, 'feature-missing'],
    ['of no command', { wants: 'exec' }, 'feature-missing'],
    ['of what does not run', { wants: 'exec', command: ['cat'], job: 'x' }, 'instance-not-running'],
  ])('are refused with a code: %s', async (_what, more, code) => {
    await run();
    open(more);
    await ports.advance(1);
    expect(said).toEqual([expect.objectContaining({ says: 'end', code })]);
  });

  it('are so many at most, and the others go on', async () => {
    await run();
    for (let count = 0; count < 65; count += 1) open({ stream: `s${count}` });
    await ports.advance(1);
    expect(ends()).toEqual([expect.objectContaining({ stream: 's64', code: 'overloaded' })]);
  });
});

describe('A command in an instance', () => {
  const exec = (command: readonly string[], more: Partial<HeardCall> = {}): void =>
    open({ wants: 'exec', command, follow: null, ...more });
  const give = (sequence: number, text: string, last = false): void =>
    call({ call: 'input', sequence, data: Buffer.from(text).toString('base64'), last });

  it('says what it prints, by channel, and its exit code last', async () => {
    await run();
    exec(['fail', 'no'], { stream: 's1' });
    exec(['exit', '7'], { stream: 's2' });
    await ports.advance(1);
    expect(said.filter(({ stream }) => stream === 's1')).toMatchObject([
      { says: 'opened' },
      { says: 'data', channel: 'err', data: Buffer.from('no\n').toString('base64') },
      { says: 'end', exitCode: 1 },
    ]);
    expect(ends()).toContainEqual(expect.objectContaining({ stream: 's2', exitCode: 7 }));
  });

  it('is given what comes in, in its order, and has room for more once it took it', async () => {
    await run();
    exec(['cat']);
    await ports.advance(1);
    give(0, 'one ');
    // A broker may deliver twice.
    give(0, 'one ');
    give(1, 'two', true);
    await ports.advance(1);
    expect(dataOf()).toBe('one two');
    expect(said.filter(({ says }) => says === 'room').at(-1)).toMatchObject({ room: 65_543 });
    expect(ends()).toMatchObject([{ exitCode: 0 }]);
  });

  it('is given no more than there is room for while it takes nothing', async () => {
    await run();
    exec(['sleep']);
    await ports.advance(1);
    for (let sequence = 0; sequence < 6; sequence += 1) give(sequence, 'x'.repeat(12_000));
    await ports.advance(1);
    expect(ends()).toMatchObject([{ code: 'stream-broken' }]);
    expect(ends()[0]?.detail).toContain('More input came');
  });

  it('has a terminal of the size that is asked for, and of each other one', async () => {
    await run();
    exec(['size'], { tty: true, columns: 100, rows: 30 });
    await ports.advance(1);
    call({ call: 'resize', columns: 132, rows: 50 });
    await ports.advance(1);
    expect(dataOf()).toBe('30 100\n50 132\n');
  });

  it('ends with its instance', async () => {
    await run();
    exec(['zeros'], { credit: 10 });
    await ports.advance(1);
    await runtime.stop(address);
    await ports.advance(1);
    expect(ends()).toMatchObject([{ exitCode: 137 }]);
    const { length } = said;
    call({ call: 'credit', credit: 99_999 });
    await ports.advance(1);
    expect(said.slice(length).filter(({ says }) => says === 'data')).toEqual([]);
  });

  it('is not run where the owner of the machine lets nobody in, and the setting is named', async () => {
    allowsExec = false;
    begin();
    await run();
    exec(['echo', 'hello']);
    await ports.advance(1);
    expect(ends()).toMatchObject([{ code: 'exec-not-offered' }]);
    expect(ends()[0]?.detail).toContain('OAKRING_WORKER_EXEC');
    expect(dataOf()).toBe('');
  });

  it('is one of so many at most, those that are being ended among them', async () => {
    await run();
    for (let count = 0; count < 17; count += 1) exec(['sleep'], { stream: `s${count}` });
    await ports.advance(1);
    expect(ends()).toMatchObject([{ stream: 's16', code: 'overloaded' }]);
    call({ stream: 's0', call: 'close' });
    await ports.advance(1);
    exec(['echo', 'hello'], { stream: 'later' });
    await ports.advance(1);
    expect(dataOf('later')).toBe('hello\n');
  });
});

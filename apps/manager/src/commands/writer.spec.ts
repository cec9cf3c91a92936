import { OakringError } from '@oakring/contracts';
import { describe, expect, it } from '@jest/globals';
import { decodeEvents, type Commit } from '@oakring/events';
import { MemoryEventLog, type AppendOutcome, type EventLogWriter } from '@oakring/stores';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import { byTest, registerNode, submitJob } from '../testing/given.js';
import { randomCommand } from '../testing/random-commands.js';
import { ClusterState, stateAsText, foldCommit } from '@oakring/model';
import { Projection } from '../views/projection.js';
import type { Command } from './command.js';
import { CommandWriter } from './writer.js';

/** A log that can be held still, and told to fail. */
class HeldLog extends MemoryEventLog {
  readonly appended: Commit[] = [];
  failing = false;
  private gate: Promise<void> = Promise.resolve();
  private open: () => void = () => {};
  /** Resolves once an append waits. */
  held: Promise<void> = Promise.resolve();
  private tellHeld: () => void = () => {};

  hold(): void {
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
    this.held = new Promise((resolve) => {
      this.tellHeld = resolve;
    });
  }

  release(): void {
    this.open();
  }

  override async append(commit: Commit): Promise<AppendOutcome> {
    this.tellHeld();
    await this.gate;
    if (this.failing) return { status: 'unavailable', reason: 'no space left on device' };
    const outcome = await super.append(commit);
    if (outcome.status === 'appended') this.appended.push(commit);
    return outcome;
  }
}

function writerOn(log: EventLogWriter, tenure = { epoch: 1, isHeld: true }) {
  const ports = simulatedPorts(7);
  const projection = new Projection(new ClusterState(true), ports);
  const halts: string[] = [];
  const writer = new CommandWriter(log, projection, tenure, ports, (error) =>
    halts.push(error.code),
  );
  return { writer, projection, ports, halts };
}

const key = (id: string, bodyHash: string) => ({ id: `POST /api/v1/jobs#${id}`, bodyHash });

describe('the writer', () => {
  it('gathers what arrives while a commit is in flight into the next one', async () => {
    const log = new HeldLog();
    const { writer } = writerOn(log);
    log.hold();
    const first = writer.submit(submitJob('j0'), byTest);
    await Promise.resolve();
    const rest = Array.from({ length: 50 }, (_, index) =>
      writer.submit(submitJob(`j${index + 1}`), byTest),
    );
    log.release();
    await Promise.all([first, ...rest]);
    expect(log.appended.map((commit) => commit.streams.length)).toEqual([1, 50]);
  });

  it('says since when an append has been under way, and of none that it is', async () => {
    const log = new HeldLog();
    const { writer, ports } = writerOn(log);
    log.hold();
    const answered = writer.submit(submitJob('j'), byTest);
    await log.held;
    const beganMs = ports.clock.monotonicMs();
    await ports.advance(5_000);
    expect(writer.appendBeganMs).toBe(beganMs);
    log.release();
    await answered;
    expect(writer.appendBeganMs).toBeNull();
  });

  it('answers, and shows in the view, only what is durable', async () => {
    const log = new HeldLog();
    const { writer, projection } = writerOn(log);
    log.hold();
    let answered = false;
    const outcome = writer.submit(submitJob('j'), byTest).then((value) => {
      answered = true;
      return value;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    expect(projection.state.jobs.get('j')).toBeUndefined();
    log.release();
    expect(await outcome).toMatchObject({ status: 'accepted', position: 1 });
    expect(projection.state.jobs.get('j')).toBeDefined();
  });

  it('closes a commit at 1000 events', async () => {
    const log = new HeldLog();
    const { writer } = writerOn(log);
    await Promise.all(
      Array.from({ length: 2500 }, (_, i) => writer.submit(submitJob(`j${i}`), byTest)),
    );
    for (const commit of log.appended) {
      expect(decodeEvents(commit).length).toBeLessThanOrEqual(1000);
    }
  });

  it('closes a commit at about a megabyte', async () => {
    const log = new HeldLog();
    const { writer } = writerOn(log);
    const big = 'x'.repeat(200_000);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        writer.submit(submitJob(`j${i}`, { note: big }), byTest),
      ),
    );
    for (const commit of log.appended) expect(commit.events.length).toBeLessThan(1_500_000);
  });

  it('gives the first answer to a repeated key, across starts, and refuses another body', async () => {
    const log = new MemoryEventLog();
    const { writer, projection } = writerOn(log);
    const first = await writer.submit(submitJob('j'), byTest, key('k', 'body'));
    await writer.submit({ type: 'ScaleJob', id: 'j', count: 4 }, byTest);
    const again = await writer.submit(submitJob('j'), byTest, key('k', 'body'));
    expect(again).toEqual({ ...first, repeated: true, bytes: 0 });
    const state = new ClusterState(true);
    for (const commit of await log.read({ from: 1, limit: 100 })) {
      foldCommit(state, commit, decodeEvents(commit));
    }
    expect(stateAsText(state)).toBe(stateAsText(projection.state));
    expect(await writer.submit(submitJob('j'), byTest, key('k', 'other'))).toMatchObject({
      status: 'refused',
      refusal: { code: 'idempotency-key-reused' },
    });
  });

  it('repeats the first answer even where the first request changed nothing', async () => {
    const { writer, projection } = writerOn(new MemoryEventLog());
    await writer.submit(submitJob('j', { count: 3 }), byTest);
    const scale = (count: number) => ({ type: 'ScaleJob', id: 'j', count }) as const;
    await writer.submit(scale(3), byTest, key('k', 'three'));
    await writer.submit(scale(5), byTest);
    await writer.submit(scale(3), byTest, key('k', 'three'));
    expect(projection.state.jobs.get('j')?.desired).toBe(5);
  });

  it('refuses with the reason when the log cannot be written, and works again after', async () => {
    const log = new HeldLog();
    const { writer, projection } = writerOn(log);
    await writer.submit(registerNode('a'), byTest);
    log.failing = true;
    await expect(writer.submit(submitJob('j'), byTest)).rejects.toMatchObject({
      code: 'log-unavailable',
    });
    log.failing = false;
    expect(await writer.submit(submitJob('j'), byTest)).toMatchObject({
      status: 'accepted',
      position: 2,
    });
    expect(projection.state.jobs.size).toBe(1);
  });

  it('says so when the log cannot be read while versions are looked up', async () => {
    const log = new HeldLog();
    const { writer, projection, halts } = writerOn(log);
    log.streamVersions = () => Promise.reject(new Error('the socket was closed'));
    const both = [writer.submit(registerNode('a'), byTest), writer.submit(submitJob('j'), byTest)];
    for (const { reason } of (await Promise.allSettled(both)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        code: 'log-unavailable',
        message: 'The event log failed: Error: the socket was closed.',
      });
    }
    Reflect.deleteProperty(log, 'streamVersions');
    expect(await writer.submit(submitJob('j'), byTest)).toMatchObject({
      status: 'accepted',
      position: 1,
    });
    expect(projection.state.nodes.size).toBe(0);
    expect(halts).toEqual([]);
  });

  it('halts when another writer has the log', async () => {
    const log = new MemoryEventLog();
    const one = writerOn(log);
    const two = writerOn(log);
    await one.writer.submit(submitJob('j'), byTest);
    const conflict = { code: 'position-conflict' };
    await expect(two.writer.submit(submitJob('k'), byTest)).rejects.toMatchObject(conflict);
    await expect(two.writer.submit(submitJob('l'), byTest)).rejects.toMatchObject(conflict);
    expect(two.halts).toEqual(['position-conflict']);
  });

  it('refuses a command that cannot be written without taking its neighbours with it', async () => {
    const log = new HeldLog();
    const { writer, projection, halts } = writerOn(log);
    log.hold();
    const first = writer.submit(submitJob('first'), byTest);
    await Promise.resolve();
    const unwritable = { ...submitJob('bad'), id: 'x'.repeat(300) } as Command & {
      type: 'SubmitJob';
    };
    const outcomes = Promise.allSettled([
      writer.submit(submitJob('a'), byTest),
      writer.submit(unwritable, byTest),
      writer.submit(submitJob('b'), byTest),
    ]);
    log.release();
    await first;
    expect((await outcomes).map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect([...projection.state.jobs.values()].map((job) => job.id)).toEqual(['first', 'a', 'b']);
    expect(halts).toEqual([]);
  });

  it('answers outcome-unknown after ten seconds without a decision', async () => {
    const log = new HeldLog();
    const { writer, ports } = writerOn(log);
    log.hold();
    const unknown = { code: 'outcome-unknown' };
    const inFlight = expect(writer.submit(submitJob('in-flight'), byTest)).rejects.toMatchObject(
      unknown,
    );
    await Promise.resolve();
    const waiting = expect(writer.submit(submitJob('j'), byTest)).rejects.toMatchObject(unknown);
    await ports.advance(11_500);
    await inFlight;
    await waiting;
    log.release();
  });

  it('tells nobody that something is decided once its tenure ran out', async () => {
    const tenure = { epoch: 1, isHeld: true };
    const log = new HeldLog();
    const { writer, projection, ports } = writerOn(log, tenure);
    log.hold();
    const late = expect(writer.submit(submitJob('late'), byTest)).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    tenure.isHeld = false;
    log.release();
    await ports.advance(11_000);
    await late;
    expect([...projection.state.jobs.values()].map(({ id }) => id)).toEqual(['late']);
  });

  it('answers what was written while its tenure was late once it is held again', async () => {
    const tenure = { epoch: 1, isHeld: true };
    const log = new HeldLog();
    const { writer, ports } = writerOn(log, tenure);
    log.hold();
    let isAnswered = false;
    const late = writer.submit(submitJob('late'), byTest).finally(() => (isAnswered = true));
    tenure.isHeld = false;
    log.release();
    await ports.advance(3_000);
    expect({ isAnswered, written: log.appended.length }).toEqual({ isAnswered: false, written: 1 });
    tenure.isHeld = true;
    await ports.advance(1_000);
    expect(await late).toMatchObject({ status: 'accepted', repeated: false });
  });

  it('neither projects nor answers after it was abandoned', async () => {
    const log = new HeldLog();
    const { writer, projection } = writerOn(log);
    log.hold();
    const inFlight = expect(writer.submit(submitJob('in-flight'), byTest)).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    await log.held;
    const waiting = expect(writer.submit(submitJob('waiting'), byTest)).rejects.toMatchObject({
      code: 'not-leading',
    });
    const settled = writer.abandon(new OakringError({ code: 'not-leading', detail: 'gone' }));
    await inFlight;
    await waiting;
    log.release();
    await settled;
    expect(projection.position).toBe(0);
    expect(log.appended).toHaveLength(1);
  });

  it('can go on as a follower when a higher epoch has its position, and not otherwise', async () => {
    for (const [epoch, code] of [
      [2, 'not-leading'],
      [1, 'position-conflict'],
    ] as const) {
      const log = new MemoryEventLog();
      const { writer, halts } = writerOn(log);
      const maker = writerOn(log, { epoch, isHeld: true });
      await maker.writer.submit(submitJob('theirs'), byTest);
      await expect(writer.submit(submitJob('ours'), byTest)).rejects.toBeInstanceOf(OakringError);
      expect(halts).toEqual([code]);
    }
  });

  it('writes what is queued before it stops, then refuses', async () => {
    const { writer, projection } = writerOn(new MemoryEventLog());
    const queued = Array.from({ length: 10 }, (_, index) =>
      writer.submit(submitJob(`j${index}`), byTest),
    );
    await writer.stop();
    await Promise.all(queued);
    expect(projection.state.jobs.size).toBe(10);
    await expect(writer.submit(submitJob('late'), byTest)).rejects.toMatchObject({
      code: 'shutting-down',
    });
  });

  it('keeps the deciders’ state, the view and the replayed log the same, whatever comes', async () => {
    const chance = seededRandomness(20261123);
    const log = new MemoryEventLog();
    const { writer, projection } = writerOn(log);
    for (let step = 0; step < 600; step += 1) {
      await writer.submit(randomCommand(projection.state, chance), byTest);
    }
    const replayed = new ClusterState(true);
    for (const commit of await log.read({ from: 1, limit: 10_000 })) {
      foldCommit(replayed, commit, decodeEvents(commit));
    }
    expect(stateAsText(replayed)).toBe(stateAsText(projection.state));
  });

  it('takes orders with a token that holds after its clock was a year ahead for a while', async () => {
    const simulated = simulatedPorts(7);
    let aheadMs = 0;
    const clock = {
      monotonicMs: () => simulated.clock.monotonicMs(),
      wallMs: () => simulated.clock.wallMs() + aheadMs,
    };
    const ports = { ...simulated, clock };
    const projection = new Projection(new ClusterState(true), ports);
    const tenure = { epoch: 1, isHeld: true };
    const writer = new CommandWriter(new MemoryEventLog(), projection, tenure, ports, () => {});
    aheadMs = 365 * 86_400_000;
    await writer.submit(submitJob('ahead'), byTest);
    aheadMs = 0;
    const expiresAt = clock.wallMs() + 60_000;
    const grant = { type: 'GrantToken', name: 'ci', role: 'operator', hash: 'h' } as const;
    await writer.submit({ ...grant, expiresAt, nodes: null }, byTest);
    const byToken = { by: 'api/ci', cause: 'request:a test', tokenHash: 'h' };
    expect(await writer.submit(submitJob('j'), byToken)).toMatchObject({ status: 'accepted' });
    await ports.advance(60_000);
    expect(await writer.submit(submitJob('k'), byToken)).toMatchObject({
      ...{ status: 'refused', refusal: { code: 'unauthorized' } },
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { decodeEvents, type Commit, type StoredEvent } from '@oakring/events';
import { MemoryEventLog, type AppendOutcome } from '@oakring/stores';
import { simulatedPorts } from '@oakring/ports';
import { ClusterState } from '@oakring/model';
import { byTest, submitJob } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { CommandWriter } from './writer.js';

/** A log whose appends wait until it is opened. */
class HeldLog extends MemoryEventLog {
  readonly events: StoredEvent[] = [];
  open: () => void = () => {};
  private gate: Promise<void> = Promise.resolve();

  hold(): void {
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  override async append(commit: Commit): Promise<AppendOutcome> {
    await this.gate;
    this.events.push(...decodeEvents(commit));
    return super.append(commit);
  }
}

function writing() {
  const ports = simulatedPorts(7);
  const log = new HeldLog();
  const projection = new Projection(new ClusterState(true), ports);
  const writer = new CommandWriter(log, projection, { epoch: 1, isHeld: true }, ports, () => {});
  const as = (name: string) => ({ ...byTest, by: `api/${name}` });
  const grant = (name: string) =>
    writer.submit(
      {
        ...({ type: 'GrantToken', name, role: 'root', hash: `hash of ${name}` } as const),
        ...{ expiresAt: Number.MAX_SAFE_INTEGER, nodes: null },
      },
      as('token'),
    );
  const ordering = (name: string) => ({ ...as(name), tokenHash: `hash of ${name}` });
  return { ports, log, writer, as, grant, ordering };
}

describe('Orders of one token', () => {
  it('are a tenth of the queue at most: another waits behind two thousand of them, and no more', async () => {
    const { log, writer, grant, ordering } = writing();
    await grant('flood');
    await grant('anna');
    log.hold();
    const order: string[] = [];
    const flood = Array.from({ length: 5_000 }, (_, number) =>
      writer.submit(submitJob(`f${number}`), ordering('flood')).then(
        () => order.push('flood'),
        ({ code }: { code: string }) => code,
      ),
    );
    const anna = writer.submit(submitJob('a'), ordering('anna')).then(() => order.push('anna'));
    log.open();
    await anna;
    expect(order.length).toBeLessThanOrEqual(2_001);
    const refused = (await Promise.all(flood)).filter((each) => each === 'too-many-requests');
    expect(refused).toHaveLength(3_000);
    // Those that were answered wait no more.
    expect(await writer.submit(submitJob('later'), ordering('flood'))).toMatchObject({
      status: 'accepted',
    });
  });

  it('are as many as they come where many share a name', async () => {
    const { log, writer, as } = writing();
    log.hold();
    const all = Array.from({ length: 3_000 }, (_, number) =>
      writer.submit(submitJob(`f${number}`), as(number % 2 === 0 ? 'open' : 'token')),
    );
    log.open();
    expect((await Promise.all(all)).filter(({ status }) => status === 'refused')).toEqual([]);
  });
});

describe('Refused orders', () => {
  /** Each is of a job that is not there to be run in. */
  async function refuse(count: number, { writer, as }: ReturnType<typeof writing>, name = 'open') {
    await writer.submit(submitJob('j'), as('open'));
    const exec = { type: 'BeginExec', id: 'j', instance: 0, command: ['id'], tty: false } as const;
    const outcomes = [];
    for (let number = 0; number < count; number += 1) {
      outcomes.push(await writer.submit(exec, as(name)));
    }
    return outcomes;
  }

  const ofType = ({ events }: HeldLog, type: string) => events.filter((each) => each.type === type);

  it('are on record a hundred at once and one a second, and all are answered alike', async () => {
    const test = writing();
    const outcomes = await refuse(500, test);
    expect(new Set(outcomes.map((each) => 'refusal' in each && each.refusal.code))).toEqual(
      new Set(['instance-not-running']),
    );
    expect(ofType(test.log, 'ExecRefused')).toHaveLength(100);
    await test.ports.advance(10_000);
    await refuse(500, test);
    expect(ofType(test.log, 'ExecRefused')).toHaveLength(110);
    // Another's are on record.
    await refuse(5, test, 'token');
    expect(ofType(test.log, 'ExecRefused')).toHaveLength(115);
  });

  it('that are not are counted, and one event a minute says whose, why and how many', async () => {
    const test = writing();
    await refuse(130, test);
    await test.ports.advance(59_000);
    expect(ofType(test.log, 'RequestsRefused')).toEqual([]);
    await test.ports.advance(2_000);
    await test.writer.submit(submitJob('k'), test.as('open'));
    expect(ofType(test.log, 'RequestsRefused')).toMatchObject([
      {
        by: 'manager/access',
        data: { orders: [{ name: 'open', code: 'instance-not-running', count: 30 }] },
      },
    ]);
  });

  it('are put on record at a stop too', async () => {
    const test = writing();
    await refuse(101, test);
    await test.writer.stop();
    expect(ofType(test.log, 'RequestsRefused')).toHaveLength(1);
  });

  it('that are not are kept under no key: it is answered that it may come again', async () => {
    const test = writing();
    await refuse(100, test);
    const exec = { type: 'BeginExec', id: 'j', instance: 0, command: ['id'], tty: false } as const;
    const key = { id: 'GET /exec#k', bodyHash: 'b' };
    const order = () => test.writer.submit(exec, test.as('open'), key);
    expect(await order()).toMatchObject({ refusal: { code: 'too-many-requests' } });
    await test.ports.advance(1_000);
    const kept = await order();
    expect(kept).toMatchObject({ refusal: { code: 'instance-not-running' } });
    expect(await order()).toEqual({ ...kept, bytes: expect.any(Number) });
  });
});

import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { OakestraField } from './testing/oakestra-field.js';

/** Two of the machines are free. */
const size = { machines: 10, services: 8 };

describe.each([
  // Behind 130 s they are back later than any storm lasts.
  { what: 'a manager with its broker', managers: 1, outages: [40, 130] },
  { what: 'two managers and a broker of its own', managers: 2, outages: [40] },
])('Workers of Oakestra, at $what', ({ managers, outages }) => {
  let field: OakestraField;
  const all = Array.from({ length: size.services }, (_each, index) => `service-${index}`);
  const homesOf = (ids: readonly string[]) => ids.map((id) => field.homesOf(id));
  const isAllRight = () => all.every((id) => field.isRight(id));

  beforeAll(async () => {
    field = await OakestraField.begin(managers, size);
  });

  it('run what was ordered, each on another machine', () => {
    expect([field.violation, isAllRight()]).toEqual([null, true]);
    expect(new Set(homesOf(all).flat()).size).toBe(size.services);
  });

  it('keep what they run when they are cut off for 5 or 10 s, whatever they say then', async () => {
    const [fromMs, before] = [field.nowMs, homesOf(all)];
    field.cut(field.machineOf('service-0'), 5_000);
    field.cut(field.machineOf('service-1'), 10_000);
    await field.pass(40_000);
    expect([field.violation, isAllRight()]).toEqual([null, true]);
    expect(homesOf(all)).toEqual(before);
    expect([...field.since(fromMs, 'InstanceLost'), ...field.orders(fromMs)]).toEqual([]);
  });

  it('lose what they run 20 s after their last message, and have one copy when they are back', async () => {
    const [fromMs, before] = [field.nowMs, homesOf(all)];
    field.cut(field.machineOf('service-0'), 40_000);
    await field.pass(30_000);
    const [lost, ...others] = field.since(fromMs, 'InstanceLost');
    expect([lost?.event?.stream, others]).toEqual(['jobs/service-0', []]);
    expect(Math.abs((lost?.atMs ?? 0) - fromMs - 20_000)).toBeLessThanOrEqual(2_500);
    // The one that is cut off runs on.
    expect(field.homesOf('service-0')).toHaveLength(2);
    await field.until(isAllRight);
    expect([field.violation, isAllRight()]).toEqual([null, true]);
    expect(homesOf(all.slice(1))).toEqual(before.slice(1));
    expect(field.orders(fromMs)).toEqual([expect.stringContaining('deploy'), 'says delete']);
  });

  it.each(outages)(
    'keep all that they run while the broker is away for %i s, and until they are all back',
    async (seconds) => {
      const [fromMs, before] = [field.nowMs, homesOf(all)];
      field.network.restart(seconds * 1_000);
      await field.pass(2 * seconds * 1_000 + 60_000);
      expect([field.violation, isAllRight()]).toEqual([null, true]);
      expect(homesOf(all)).toEqual(before);
      expect([...field.since(fromMs, 'InstanceLost'), ...field.orders(fromMs)]).toEqual([]);
    },
  );

  it('keep all that they run while the broker is away whose manager is replaced in the midst of that', async () => {
    const [fromMs, before] = [field.nowMs, homesOf(all)];
    field.network.restart(130_000);
    await field.pass(120_000);
    // What is written while nobody is heard says nothing of since when.
    field.killAt('JobSubmitted', 0);
    await field.order('ordered-meanwhile');
    await field.pass(200_000);
    expect([field.violation, isAllRight()]).toEqual([null, true]);
    expect(homesOf(all)).toEqual(before);
    expect(field.since(fromMs, 'InstanceLost')).toEqual([]);
    expect(field.since(fromMs, 'killed')).toHaveLength(1);
  });

  it('leave what they ran to others when they are killed or told to end', async () => {
    const killed = field.machineOf('service-2');
    const told = field.machineOf('service-3');
    killed.kill(false);
    await told.stop();
    await field.pass(25_000);
    // Nobody sees what goes on where the worker was killed, until it starts again.
    expect(homesOf(['service-2', 'service-3'])).toEqual([
      expect.arrayContaining([killed.nodeId, expect.not.stringMatching(killed.nodeId)]),
      [expect.not.stringMatching(told.nodeId)],
    ]);
    killed.start();
    told.start();
    await field.until(() => isAllRight() && killed.isRegistered && told.isRegistered);
    await field.pass(10_000);
    expect([field.violation, isAllRight()]).toEqual([null, true]);
  });

  it.each([
    ['accepted', 'JobSubmitted', 0, 1, 1],
    ['planned', 'InstancesPlaced', 0, 1, 1],
    ['ordered, and the order is lost', 'says deploy', 0, 2, 2],
    // During a pull its worker says nothing: another leader cannot know, and it does no harm.
    ['ordered, and the order arrives', 'says deploy', 20, 1, 2],
    ['received', 'CommandReceived', 0, 1, 1],
    ['created', 'hears a word', 0, 1, 1],
    ['running', 'CommandSucceeded', 0, 1, 1],
  ])(
    'run a service once whose manager is killed when it is %s',
    async (step, what, inMs, ...orders) => {
      for (const [index, image] of ['app', 'app.pull-9000'].entries()) {
        const id = `killed-${step.replaceAll(/\W+/g, '-')}-${image}`;
        const fromMs = field.nowMs;
        field.killAt(what, inMs);
        await field.order(id, { image });
        await field.until(() => field.isRight(id));
        await field.pass(6_000);
        expect([field.violation, field.isRight(id), isAllRight()]).toEqual([null, true, true]);
        expect(field.since(fromMs, 'killed')).toHaveLength(1);
        expect(field.placeOf(id)).toContain('start 1');
        const said = Array<string>(orders[index] ?? 0).fill('says deploy');
        expect([image, field.orders(fromMs)]).toEqual([image, said]);
      }
    },
  );
});

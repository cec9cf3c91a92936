import { describe, expect, it } from '@jest/globals';
import type { NodeChanges } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import { node, nodeChanges } from '@oakring/planning/testing';
import { NodeView } from './node-view.port.js';
import { Observer } from './observer.js';

/** A manager at `position`; it answers when the test says so, or at once. */
class FakeNodeView extends NodeView {
  position = 1;
  away = false;
  readonly asked: (readonly [number, number])[] = [];
  held: (() => void)[] | null = null;
  reply: ((since: number, telemetrySince: number) => NodeChanges) | null = null;

  override async changes(since: number, telemetrySince: number): Promise<NodeChanges> {
    this.asked.push([since, telemetrySince]);
    // What it knows is decided when it is asked, as with a real answer on its way.
    const { position } = this;
    if (this.held !== null) await new Promise<void>((resolve) => this.held?.push(resolve));
    if (this.away) throw new Error('ECONNREFUSED');
    return (
      this.reply?.(since, telemetrySince) ??
      nodeChanges({ position, complete: since === 0, nodes: since < position ? [node('a')] : [] })
    );
  }
}

function given() {
  const ports = simulatedPorts();
  const view = new FakeNodeView();
  return { ports, view, observer: new Observer(view, ports) };
}

describe('an observer', () => {
  it('is filled by the first answer', async () => {
    const { observer, ports } = given();
    expect(observer.isFilled).toBe(false);
    observer.start();
    await ports.advance(0);
    expect(observer.isFilled).toBe(true);
    expect(observer.table.ids).toEqual(['a']);
    observer.stop();
  });

  it('asks for nothing when the copy is there already', async () => {
    const { observer, view } = given();
    await observer.reach(1);
    await observer.reach(1);
    expect(view.asked).toEqual([[0, 0]]);
  });

  it('asks for what changed since the position it has', async () => {
    const { observer, view } = given();
    await observer.reach(1);
    view.position = 7;
    await observer.reach(7);
    expect(view.asked).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('asks once for all who wait', async () => {
    const { observer, view } = given();
    await Promise.all(Array.from({ length: 50 }, () => observer.reach(1)));
    expect(view.asked).toHaveLength(1);
  });

  it('asks again at once when the answer on its way is too old', async () => {
    const { observer, view, ports } = given();
    view.held = [];
    observer.start();
    view.position = 5;
    const reached = observer.reach(5);
    const [first] = view.held.splice(0);
    view.held = null;
    first?.();
    await reached;
    expect(observer.table.position).toBe(5);
    expect(ports.clock.monotonicMs()).toBe(0);
    observer.stop();
  });

  it('waits a little for a manager that is behind', async () => {
    const { observer, view, ports } = given();
    const reached = observer.reach(3);
    await ports.advance(150);
    view.position = 3;
    await ports.advance(1_000);
    await expect(reached).resolves.toBeUndefined();
  });

  it.each([
    ['is behind', false, 'the manager is behind it'],
    ['is away', true, 'the manager does not give it: ECONNREFUSED'],
  ])('gives up within 2.5 s when the manager %s, and says so', async (_, away, reason) => {
    const { observer, view, ports } = given();
    view.away = away;
    const refused = observer.reach(9).catch((error: unknown) => error);
    await ports.advance(2_500);
    expect(await refused).toMatchObject({
      code: 'position-not-reached',
      message: `The node view is not at the position asked for: ${reason}.`,
    });
    expect(view.asked.length).toBeLessThanOrEqual(5);
  });

  it('goes on with the copy it has while the manager is away', async () => {
    const { observer, view, ports } = given();
    observer.start();
    await ports.advance(0);
    expect(observer.silence).toBeNull();
    view.away = true;
    await ports.advance(10_000);
    await expect(observer.reach(1)).resolves.toBeUndefined();
    // Since the first ask without an answer.
    expect(observer.silentMs).toBe(9_000);
    expect(observer.silence?.sinceMs).toBe(ports.clock.wallMs() - 9_000);
    view.away = false;
    view.position = 2;
    await ports.advance(1_000);
    expect(observer.silence).toBeNull();
    expect(observer.table.position).toBe(2);
    observer.stop();
  });

  it('refuses at once who waits when it is stopped, and asks no more', async () => {
    const { observer, view, ports } = given();
    observer.start();
    const refused = observer.reach(9).catch((error: unknown) => error);
    await ports.advance(50);
    observer.stop();
    const asked = view.asked.length;
    expect(await refused).toMatchObject({ code: 'position-not-reached' });
    await ports.advance(5_000);
    expect(view.asked).toHaveLength(asked);
  });

  it('rebuilds with every foreign load when the answer is complete', async () => {
    const { observer, view } = given();
    const load = (cpuMillis: number) => ({ id: 'a', resources: { cpuMillis, memoryMiB: 0 } });
    view.reply = () =>
      nodeChanges({ telemetry: 40, complete: true, nodes: [node('a')], foreign: [load(300)] });
    await observer.reach(1);
    // It has forgotten what changed since 1, and no reading is newer than 40.
    view.reply = (_since, telemetrySince) =>
      nodeChanges({
        position: 9,
        telemetry: 40,
        complete: true,
        nodes: [node('a')],
        foreign: telemetrySince < 40 ? [load(300)] : [],
      });
    await observer.reach(9);
    expect(observer.table.free[0]?.[0]).toBe(700);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execWindowBytes, ReceiveWindow, SendCredit } from './credit.js';
import { execFrame, execPiece, parseExecAsked } from './frames.js';

/** What may happen next between the two: each number is how much of it. */
type Step =
  | { readonly does: 'send'; readonly bytes: number }
  | { readonly does: 'arrive' }
  | { readonly does: 'take'; readonly bytes: number }
  | { readonly does: 'grant arrives' }
  | { readonly does: 'grant arrives again' };

const bytes = fc.integer({ min: 1, max: 2 * execWindowBytes });
const step: fc.Arbitrary<Step> = fc.oneof(
  bytes.map((count) => ({ does: 'send' as const, bytes: count })),
  bytes.map((count) => ({ does: 'take' as const, bytes: count })),
  fc.constantFrom(
    { does: 'arrive' as const },
    { does: 'grant arrives' as const },
    { does: 'grant arrives again' as const },
  ),
);

/** One direction of a command's bytes, with all that is on its way. */
class Direction {
  readonly credit = new SendCredit();
  readonly window = new ReceiveWindow();
  private readonly flying: number[] = [];
  private readonly grants: number[] = [];
  private told: number[] = [];
  sent = 0;
  arrived = 0;
  taken = 0;

  async does(next: Step): Promise<void> {
    switch (next.does) {
      case 'send': {
        // What cannot be sent now is given up by this one: a later step tries again.
        const asked = this.credit.take(next.bytes);
        const given = await Promise.race([asked, later()]);
        if (given === null) return void asked.then((late) => this.fly(late));
        return this.fly(given);
      }
      case 'arrive': {
        const count = this.flying.shift() ?? 0;
        expect(this.window.came(count)).toBe(true);
        this.arrived += count;
        return;
      }
      case 'take': {
        const count = Math.min(next.bytes, this.arrived - this.taken);
        this.taken += count;
        const grant = this.window.took(count);
        if (grant !== null) this.grants.push(grant);
        return;
      }
      case 'grant arrives': {
        const grant = this.grants.shift();
        if (grant === undefined) return;
        this.told.push(grant);
        return this.credit.allow(grant);
      }
      case 'grant arrives again':
        return this.credit.allow(this.told[0] ?? 0);
    }
  }

  private fly(count: number): void {
    this.sent += count;
    if (count > 0) this.flying.push(count);
  }

  /** All that is on its way comes, and is taken. */
  async settle(): Promise<void> {
    // Whoever waited for the last grant sends now.
    await later();
    while (this.flying.length + this.grants.length > 0 || this.taken < this.arrived) {
      await this.does({ does: 'arrive' });
      await this.does({ does: 'take', bytes: 1_000_000 });
      await this.does({ does: 'grant arrives' });
      await later();
    }
  }
}

/** Once what was begun before has gone as far as it can. */
function later(): Promise<null> {
  return new Promise((resolve) => setImmediate(() => resolve(null)));
}

describe('The credit of a direction', () => {
  it('lets no more be on its way than a window, whatever comes late, twice or slowly, and never runs dry', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const direction = new Direction();
        for (const next of steps) {
          await direction.does(next);
          expect(direction.sent - direction.taken).toBeLessThanOrEqual(execWindowBytes);
        }
        await direction.settle();
        // Whoever takes all of it may be sent more, for ever.
        expect(direction.taken).toBe(direction.sent);
        expect(await direction.credit.take(1)).toBe(1);
      }),
      { seed: 20261129, numRuns: 200 },
    );
  });

  it('is over for whoever waits for it when nobody is there any more', async () => {
    const credit = new SendCredit();
    expect(await credit.take(execWindowBytes)).toBe(execWindowBytes);
    const waiting = credit.take(1);
    credit.end();
    expect(await waiting).toBe(0);
  });

  it('knows more than there was room for', () => {
    const window = new ReceiveWindow();
    expect(window.came(execWindowBytes)).toBe(true);
    expect(window.came(1)).toBe(false);
  });
});

describe('The frames of a command', () => {
  it.each(['in', 'out', 'err'] as const)('carry bytes of %s as they are', (channel) => {
    fc.assert(
      fc.property(fc.uint8Array(), (given) => {
        const piece = execPiece(execFrame(channel, given));
        expect(piece?.channel).toBe(channel);
        expect([...(piece?.bytes ?? [])]).toEqual([...given]);
      }),
      { seed: 20261129 },
    );
  });

  it('of a channel that there is none are told apart', () => {
    expect(execPiece(Uint8Array.of(3, 1))).toBeNull();
    expect(execPiece(new Uint8Array())).toBeNull();
  });

  const asked = (value: unknown) => parseExecAsked(Buffer.from(JSON.stringify(value)));

  it('of text say what they may leave out', () => {
    expect(asked({ type: 'start', command: ['ls'] })).toEqual({
      ok: true,
      value: {
        ...{ type: 'start', command: ['ls'], tty: false, input: false, columns: 80, rows: 24 },
      },
    });
  });

  it.each([
    [{ type: 'start', command: [] }, 'command'],
    [{ type: 'start', command: ['a\u0000b'] }, 'command'],
    [{ type: 'start', command: ['ls'], tty: 'yes' }, 'tty'],
    [{ type: 'resize', columns: 0, rows: 24 }, 'columns'],
    [{ type: 'credit', bytes: -1 }, 'bytes'],
    [{ type: 'stop' }, 'type'],
  ])('are refused as %j, with the field', (value, field) => {
    const parsed = asked(value);
    expect(parsed.ok ? null : parsed.refusal).toMatchObject({ code: 'invalid-field', field });
  });
});

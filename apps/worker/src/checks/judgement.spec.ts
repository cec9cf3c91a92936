import { describe, expect, it } from '@jest/globals';
import { healthCheckOf, type HealthCheck } from '@oakring/contracts';
import { judged, type Judgement } from './judgement.js';

const check = checkOf({ retries: 3 });
const started: Judgement = {
  health: { status: 'starting', reason: null, sinceMs: 0 },
  failed: 0,
  well: 0,
};
const refused = 'nothing listens';

describe('The health of an instance', () => {
  it('is good with the first look that is well, and stays so', () => {
    expect(after(started, [null])).toEqual(['healthy']);
    expect(after(started, [refused, refused, null, null])).toEqual([
      'starting',
      'starting',
      'healthy',
      'healthy',
    ]);
  });

  it('is bad with as many failures in a row as the job says, and tells the last one', () => {
    const [, , last] = judgements(healthy(), [refused, refused, 'answered 503']);
    expect(last?.health).toEqual({
      status: 'unhealthy',
      reason: 'health check failed 3 times: answered 503',
      sinceMs: 3_000,
    });
  });

  it('does not change for what fails now and then', () => {
    const looks = [refused, refused, null, refused, refused, null, refused];
    expect(new Set(after(healthy(), looks))).toEqual(new Set(['healthy']));
  });

  it('comes back from bad with as many looks in a row that are well', () => {
    const bad = judgements(healthy(), [refused, refused, refused]).at(-1) ?? started;
    expect(after(bad, [null, null, refused, null, null, null])).toEqual([
      ...['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy'],
      'healthy',
    ]);
  });

  it('keeps since when it is so, however often it is looked at', () => {
    const [first, , third] = judgements(started, [null, null, null]);
    expect([first?.health?.sinceMs, third?.health?.sinceMs]).toEqual([1_000, 1_000]);
  });

  it('does not count failures while it starts', () => {
    const patient = checkOf({ retries: 2, startPeriodMs: 3_500 });
    const looks = [refused, refused, refused, refused, refused];
    expect(after(started, looks, patient)).toEqual([
      ...['starting', 'starting', 'starting', 'starting'],
      'unhealthy',
    ]);
  });

  it('counts them for what was healthy before, however young it is', () => {
    const patient = checkOf({ retries: 2, startPeriodMs: 60_000 });
    expect(after(started, [null, refused, refused], patient).at(-1)).toBe('unhealthy');
  });

  it('of what was found running is not known before a look', () => {
    const found: Judgement = { health: null, failed: 0, well: 0 };
    expect(after(found, [refused, null])).toEqual([undefined, 'healthy']);
    expect(after(found, [refused, refused, refused]).at(-1)).toBe('unhealthy');
  });
});

function healthy(): Judgement {
  return { health: { status: 'healthy', reason: null, sinceMs: 0 }, failed: 0, well: 1 };
}

function checkOf(rules: object): HealthCheck {
  const check = healthCheckOf({ health: { tcp: { port: 80 }, ...rules } });
  if (check === null) throw new Error('these are no rules');
  return check;
}

/** A look each second from the start on. */
function judgements(
  before: Judgement,
  looks: readonly (string | null)[],
  rules = check,
): Judgement[] {
  let judgement = before;
  return looks.map((problem, index) => {
    const nowMs = (index + 1) * 1_000;
    judgement = judged(judgement, { problem, nowMs, ageMs: nowMs }, rules);
    return judgement;
  });
}

function after(before: Judgement, looks: readonly (string | null)[], rules = check) {
  return judgements(before, looks, rules).map(({ health }) => health?.status);
}

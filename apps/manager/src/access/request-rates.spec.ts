import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { innerCaller, openCaller, settingCaller, type Caller } from './caller.js';
import { RequestRates } from './request-rates.js';

const maxBodyBytes = 262_144;

function rates(perSecond = 200) {
  const ports = simulatedPorts();
  const limits = new RequestRates(perSecond, maxBodyBytes, ports.clock);
  return {
    ports,
    /** How many of those that are sent at once are answered. */
    answered(caller: Caller | null, count: number, ip = '10.0.0.1', bodyBytes: number | null = 0) {
      const sent = { caller, ip, bodyBytes };
      return Array.from({ length: count }, () => limits.take(sent)).filter((why) => why === null)
        .length;
    },
    why: (caller: Caller | null, ip = '10.0.0.1') => limits.take({ caller, ip, bodyBytes: 0 }),
  };
}

function token(name: string, role: string): Caller {
  return { name, role, nodes: null, by: { hash: `hash of ${name}` } };
}

describe('The requests of one identity', () => {
  it('are 2 000 at once and 200 a second of a person, and ten times as many of a program', async () => {
    const { answered, ports } = rates();
    const [anna, berlin] = [token('anna', 'operator'), token('berlin', 'root')];
    expect([answered(anna, 3_000), answered(berlin, 30_000)]).toEqual([2_000, 20_000]);
    await ports.advance(1_000);
    expect([answered(anna, 3_000), answered(berlin, 30_000)]).toEqual([200, 2_000]);
  });

  it('are none of those of another, and its own wherever it sends them from', () => {
    const { answered } = rates();
    expect(answered(token('anna', 'operator'), 5_000, '10.0.0.1')).toBe(2_000);
    expect(answered(token('anna', 'operator'), 10, '10.0.0.2')).toBe(0);
    expect(answered(token('bert', 'operator'), 10, '10.0.0.1')).toBe(10);
  });

  it('cost by what they bring: one of 256 KiB as sixteen, and so does one that does not say', () => {
    const { answered } = rates();
    expect(answered(token('anna', 'operator'), 1_000, '10.0.0.1', maxBodyBytes)).toBe(125);
    expect(answered(token('bert', 'operator'), 1_000, '10.0.0.1', null)).toBe(125);
    expect(answered(token('carl', 'operator'), 3_000, '10.0.0.1', 16_384)).toBe(2_000);
  });

  it('are told by address where no token is: of the setting, of nobody, and of who shows nothing that holds', () => {
    const { answered } = rates(2);
    for (const caller of [settingCaller, openCaller]) {
      expect(answered(caller, 300, '10.0.0.1')).toBe(200);
      expect(answered(caller, 300, '10.0.0.2')).toBe(200);
    }
    expect(answered(null, 300, '10.0.0.1')).toBe(20);
  });

  it('are as many as they like of the manager itself, and of whoever is on its machine where no token is asked for', () => {
    const { answered } = rates(2);
    for (const ip of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const all = [openCaller, innerCaller, settingCaller].map((each) => answered(each, 300, ip));
      expect(all).toEqual([300, 300, 200]);
    }
  });

  it('are refused with who sent too many, and how many there may be', () => {
    const { answered, why } = rates(2);
    answered(token('anna', 'operator'), 20);
    expect(why(token('anna', 'operator'))).toMatchObject({
      code: 'too-many-requests',
      message: 'Token anna sent more than 2 requests a second, of 16 KiB each.',
    });
  });

  it('of ten thousand identities are remembered, and who has his burst again is forgotten first', async () => {
    const { answered, ports } = rates(2);
    answered(null, 20, '10.9.9.9');
    const early = Array.from(
      { length: 9_999 },
      (_, number) => `10.1.${number >> 8}.${number & 255}`,
    );
    for (const ip of early) answered(null, 1, ip);
    await ports.advance(1_000);
    answered(null, 2, '10.9.9.9');
    answered(null, 1, '10.2.0.0');
    expect(answered(null, 20, '10.9.9.9')).toBe(0);
  });
});

import { expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { ofOneStranger } from '../access/stranger-rates.js';
import { RegistrationShare } from './registration-share.js';

it('A connection registers four mebibytes of strangers at once, then 16 KiB a second, and takes nothing of another', async () => {
  const ports = simulatedPorts();
  const share = new RegistrationShare(ports.clock);
  const [one, other] = [{}, {}];
  const bytes = 65_536;
  const register = (connection: object): boolean => share.refusal(connection, 'n1', bytes) === null;
  let count = 0;
  while (register(one)) count += 1;
  expect(count * bytes).toBe(4_194_304);
  expect(ofOneStranger).toEqual({ burst: 4_194_304, perSecond: 16_384 });
  expect(share.refusal(one, 'n1', bytes)).toMatchObject({ code: 'rate-exceeded', value: 'n1' });
  expect(register(other)).toBe(true);
  await ports.advance(1_000);
  expect([register(one), register(one)]).toEqual([true, false]);
  await ports.advance(3_000);
  expect(register(one)).toBe(false);
  await ports.advance(2_000);
  expect(register(one)).toBe(true);
});

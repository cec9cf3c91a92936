import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { EarlyReadings } from './early-readings.js';
import { Wires, type Address } from '../../wires/wires.js';
import { nativeDialect } from '../../wires/native/native.dialect.js';
import type { ReceivedReading } from './worker-message.js';

const reading = (nodeId: string, text: string): ReceivedReading => ({
  address: addressOf(`nodes/${nodeId}/information`),
  payload: Buffer.from(text),
});

describe('a reading right behind its registration', () => {
  it('is handed over a moment later, the newest one for each node', async () => {
    const ports = simulatedPorts();
    const late: string[] = [];
    const early = new EarlyReadings(ports, (readings) =>
      late.push(
        ...readings.map(({ address, payload }) => `${address.nodeId} ${payload.toString()}`),
      ),
    );
    expect(early.keep(reading('a', '1'))).toBe(true);
    expect(early.keep(reading('b', '2'))).toBe(true);
    expect(early.keep(reading('a', '3'))).toBe(true);
    expect(late).toEqual([]);
    await ports.advance(1_000);
    expect(late).toEqual(['a 3', 'b 2']);
    await ports.advance(5_000);
    expect(late).toHaveLength(2);
  });

  it('is judged at once when too many wait', () => {
    const early = new EarlyReadings(simulatedPorts(), () => {});
    for (let node = 0; node < 1_000; node += 1) early.keep(reading(`n${node}`, ''));
    expect(early.keep(reading('one-more', ''))).toBe(false);
    expect(early.keep(reading('n0', ''))).toBe(true);
  });

  it('is judged at once when it is larger than a first reading is', () => {
    const early = new EarlyReadings(simulatedPorts(), () => {});
    expect(early.keep(reading('edge-1', 'x'.repeat(4_097)))).toBe(false);
    expect(early.keep(reading('edge-1', 'x'.repeat(4_096)))).toBe(true);
  });
});

function addressOf(topic: string): Address {
  const address = new Wires([nativeDialect], () => null).addressOf(topic);
  if (!address.ok) throw new Error(address.refusal.detail);
  return address.value;
}

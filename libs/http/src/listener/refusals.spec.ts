import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import { Refusals } from './refusals.js';

describe('Refused requests', () => {
  it('are counted each, and told once a minute with how many there were', async () => {
    const ports = simulatedPorts();
    const lines: string[] = [];
    const refusals = new Refusals(ports.clock, (line) => lines.push(line));
    const guess = new OakringError({ code: 'unauthorized', detail: 'No token of ours.' });
    const request = {
      method: 'GET',
      url: `/api/v1/jobs/oakring_${'a'.repeat(49)}?token=hunter2`,
      ip: '192.0.2.7',
    };
    for (let count = 0; count < 5; count += 1) refusals.note(guess, request);
    await ports.advance(60_000);
    refusals.note(new OakringError({ code: 'origin-foreign', detail: 'A page.' }), request);
    expect([...refusals.counts()]).toEqual([
      ['unauthorized', 5],
      ['origin-foreign', 1],
    ]);
    expect(lines).toEqual([
      'refused GET /api/v1/jobs/oakring_*** from 192.0.2.7 (unauthorized): No token of ours.',
      'refused GET /api/v1/jobs/oakring_*** from 192.0.2.7 (origin-foreign): A page. 4 others since the last such line.',
    ]);
  });
});

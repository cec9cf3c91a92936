import { describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { startTestManager } from './testing/test-manager.js';

/** A connection that sends `text` and resolves with all it got once the other side closes it. */
function conversation(url: string, text: string): { greeted: Promise<void>; end: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let got = '';
  let greet: () => void = () => {};
  const greeted = new Promise<void>((resolve) => (greet = resolve));
  const end = new Promise<string>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      got += bytes.toString();
      greet();
    });
    socket.on('error', () => resolve(got));
    socket.on('close', () => resolve(got));
  });
  socket.write(text);
  return { greeted, end };
}

describe('a shutdown', () => {
  it('ends open streams and resting connections within 2 s', async () => {
    const manager = await startTestManager({ ports: systemPorts() });
    const stream = conversation(
      manager.url,
      'GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n',
    );
    const lines = conversation(
      manager.url,
      'GET /api/v1/events?follow=true HTTP/1.1\r\nhost: localhost\r\n\r\n',
    );
    const resting = conversation(
      manager.url,
      'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n',
    );
    // A request that never ends.
    const halfway = conversation(
      manager.url,
      'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\nPOST /api/v1/jobs HTTP/1.1\r\n' +
        'host: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    await Promise.all([stream.greeted, lines.greeted, resting.greeted, halfway.greeted]);
    const begun = performance.now();
    await manager.close();
    // A bound of the specification, twenty times what it takes; not a measurement.
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await stream.end).toMatch(/0\r\n\r\n$/);
    expect(await lines.end).toMatch(/0\r\n\r\n$/);
    await Promise.all([resting.end, halfway.end]);
  });
});

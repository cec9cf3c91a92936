import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { Refusals } from '@oakring/http';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../../commands/command.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { RefusedRequests } from './refused-requests.js';

describe('What is refused for who it came from', () => {
  it('is on record once a minute, messages in the name of another node with requests', async () => {
    const ports = simulatedPorts();
    const [letters, written] = [await DeadLetters.open(null, ports), [] as Command[]];
    const refusals = new Refusals(ports.clock, () => {});
    const queue = { submit: async (command: Command) => void written.push(command) };
    // Of its answers nothing is used.
    const refused = new RefusedRequests(refusals, letters, queue as unknown as CommandQueue, ports);
    const forge = (by: string | null): void =>
      letters.record({
        ...{ topic: 'nodes/n2/status', code: 'sender-mismatch', reason: 'no', nodeId: by },
        ...{ payload: new Uint8Array(), forged: { node: 'n2', by, from: '192.0.2.1' } },
      });
    forge('n1');
    forge(null);
    letters.record({
      ...{ topic: 'CONNECT', code: 'unauthorized', reason: 'no', nodeId: '@192.0.2.1' },
      payload: new Uint8Array(),
    });
    refusals.note(new OakringError({ code: 'unauthorized', detail: 'no' }), {
      ...{ method: 'GET', url: '/x?secret', ip: '192.0.2.2' },
    });
    await ports.advance(1_000);
    const message = { code: 'sender-mismatch', request: 'PUBLISH nodes/n2/status' };
    expect(written).toMatchObject([
      {
        type: 'RecordRefusedRequests',
        refused: {
          ...{ unauthorized: 1, forbidden: 2 },
          shown: [
            { ...message, from: '192.0.2.1', name: 'nodes/n1', node: 'n2' },
            { ...message, from: '192.0.2.1', name: null, node: 'n2' },
            { code: 'unauthorized', request: 'GET /x', from: '192.0.2.2', name: null },
          ],
        },
      },
    ]);
    for (let count = 0; count < 1_000; count += 1) forge('n1');
    await ports.advance(59_000);
    expect(written).toHaveLength(1);
    await ports.advance(1_000);
    expect(written.slice(1)).toMatchObject([{ refused: { forbidden: 1_000 } }]);
    refused.onModuleDestroy();
  });
});

import { describe, expect, it } from '@jest/globals';
import { OakringError, type ErrorCode } from '@oakring/contracts';
import { simulatedPorts } from '@oakring/ports';
import { onceThere } from './once-there.js';

const failure = (code: ErrorCode) => new OakringError({ code, detail: `It is ${code}.` });

describe('A start that asks its store', () => {
  it('asks again while it is away, as a slow disk is that makes an index, and says so once', async () => {
    const ports = simulatedPorts(1);
    const said: string[] = [];
    let asked = 0;
    const waiting = onceThere(
      async () => {
        asked += 1;
        if (asked < 100) throw failure('store-away');
        return 'opened';
      },
      { ports, warn: (line) => said.push(line) },
    );
    await ports.advance(120_000);
    expect(await waiting).toBe('opened');
    expect(said).toEqual(['Waiting for the store: It is store-away.']);
  });

  it('ends its waiting when it is cut short', async () => {
    const ports = simulatedPorts(1);
    const stopping = new AbortController();
    const ask = () => Promise.reject(failure('store-away'));
    const waiting = onceThere(ask, { ports, warn: () => {}, stopping: stopping.signal });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'shutting-down' });
    await ports.advance(10_000);
    stopping.abort();
    await ports.advance(1_000);
    await refused;
  });

  it.each(['store-unreachable', 'store-unsuitable', 'log-damaged'] as const)(
    'does not wait for what waiting cannot mend: %s without a cause that passes',
    async (code) => {
      const ask = () => Promise.reject(failure(code));
      const surroundings = { ports: simulatedPorts(1), warn: () => {} };
      await expect(onceThere(ask, surroundings)).rejects.toMatchObject({ code });
    },
  );
});

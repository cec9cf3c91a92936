import { describe, expect, it } from '@jest/globals';
import type { TelemetryLog, TruncationManifest } from '@oakring/telemetry';
import type { Command, CommandQueue } from '../commands/command.js';
import { retention } from './retention.js';

const { signal } = new AbortController();

describe('A telemetry segment that has passed its time', () => {
  it('is dropped only after the ledger holds its manifest', async () => {
    const told: string[] = [];
    const process = retention(
      logOf(['s1', 's2'], told),
      queueThat(async () => {}, told),
    );
    expect(await process.act([], signal)).toBe('again');
    expect(told).toEqual(['declared s1', 'dropped s1', 'declared s2', 'dropped s2']);
  });

  it('stays while the ledger cannot be written', async () => {
    const told: string[] = [];
    const away = queueThat(() => Promise.reject(new Error('away')), told);
    const acting = retention(logOf(['s1'], told), away).act([], signal);
    await expect(acting).rejects.toThrow('away');
    expect(told).toEqual([]);
  });
});

function logOf(segments: readonly string[], told: string[]): TelemetryLog {
  return {
    expired: async () => segments.map((segment) => ({ segment }) as TruncationManifest),
    drop: async (segment: string) => void told.push(`dropped ${segment}`),
  } as unknown as TelemetryLog;
}

function queueThat(answers: () => Promise<void>, told: string[]): CommandQueue {
  const submit = async (command: Command): Promise<void> => {
    await answers();
    if (command.type === 'DeclareTruncation') told.push(`declared ${command.manifest.segment}`);
  };
  return { submit: submit as unknown as CommandQueue['submit'] };
}

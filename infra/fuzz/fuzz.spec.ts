import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import type { Coverage } from './coverage.js';
import { fuzz, type Target } from './fuzz.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A reader that fails behind four doors, each of which opens to one byte. `reached`: what a coverage would tell. */
function doors(): { readonly target: Target; readonly coverage: Coverage } {
  let reached: string[] = [];
  return {
    target: {
      name: 'doors',
      seeds: () => [Buffer.from('....')],
      read(input) {
        for (const [at, wanted] of ['\0', '/', '\\', '\x7f'].entries()) {
          if (text(input)[at] !== wanted) return;
          reached.push(`door ${at}`);
        }
        throw new Error('behind the last door');
      },
    },
    coverage: {
      take: () => {
        const taken = reached;
        reached = [];
        return taken;
      },
      end: () => {},
    },
  };
}

describe('fuzzing', () => {
  const upTo = (most: number) => (executions: number) => executions < most;
  const seed = 7;

  it('comes, from what reached new code, to what lies behind it', async () => {
    const { target, coverage } = doors();
    const { failure, found, reached } = await fuzz({
      ...{ target, coverage, corpus: [], chance: seededRandomness(seed), goesOn: upTo(200_000) },
    });
    expect(failure).toMatchObject({ error: { message: 'behind the last door' } });
    expect(text(failure?.input ?? new Uint8Array())).toMatch(/^\0\/\\\x7f/);
    expect([found.length, reached]).toEqual([3, 3]);
  });

  it('does not without being told what was reached: it is this that leads it', async () => {
    const { target } = doors();
    const blind = { take: () => [], end: () => {} };
    const { failure, executions } = await fuzz({
      ...{ target, coverage: blind, corpus: [], chance: seededRandomness(seed) },
      goesOn: upTo(200_000),
    });
    expect(failure).toBeNull();
    expect(executions).toBeGreaterThanOrEqual(200_000);
  });

  it('tells the input that failed, though its reader changed it', async () => {
    const target: Target = {
      name: 'spoiler',
      seeds: () => [Buffer.from('ab')],
      read(input) {
        input.fill(0);
        throw new Error('no');
      },
    };
    const coverage = { take: () => [], end: () => {} };
    const { failure } = await fuzz({
      ...{ target, coverage, corpus: [], chance: seededRandomness(seed), goesOn: upTo(10) },
    });
    expect(text(failure?.input ?? new Uint8Array())).toBe('ab');
  });
});

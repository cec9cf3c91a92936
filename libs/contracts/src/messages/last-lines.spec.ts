import { describe, expect, it } from '@jest/globals';
import { nativeUp } from './native-wire.js';
import { newestLines } from './last-lines.js';

const bytesOf = (lines: readonly string[]): number => Buffer.byteLength(JSON.stringify(lines));
const numbered = (count: number, more = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${index}${more}`);

describe('What an instance printed last', () => {
  it('is twenty lines at most, the newest, in their order', () => {
    expect(newestLines(numbered(25))).toEqual(numbered(25).slice(5));
    expect(newestLines(['one', 'two'])).toEqual(['one', 'two']);
  });

  it.each([
    ['of letters', 'x'],
    ['that are escaped', '\u001b'],
    ['of other scripts', '字'],
  ])('is 4 KiB at most, also in lines %s, and never nothing for that', (_, sign) => {
    const lines = newestLines(numbered(20, sign.repeat(400)));
    expect(bytesOf(lines)).toBeLessThanOrEqual(4_096);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^19/);
  });

  it('has long lines cut where nothing is halved, and only what the ledger can hold', () => {
    const [cut = ''] = newestLines(['😀'.repeat(400)]);
    expect(cut).toMatch(/^(😀)+…$/u);
    expect(newestLines(['half \ud83d'])).toEqual(['half \ufffd']);
  });

  it('is read by the manager as a worker may say it, whatever another one says', () => {
    const read = (lastLines: unknown) => {
      const instance = { job: 'j', instance: 0, generation: 1, status: 'failed', lastLines };
      const state = nativeUp.state.decode(Buffer.from(JSON.stringify({ instances: [instance] })));
      const ack = { commandId: '1-0', phase: 'failed', lastLines };
      const answer = nativeUp.acks.decode(Buffer.from(JSON.stringify(ack)));
      if (!state.ok || !answer.ok) throw new Error('nothing of it may cost the message');
      expect(answer.value.lastLines).toEqual(state.value.instances[0]?.lastLines);
      expect(state.leftOut?.length).toEqual(answer.leftOut?.length);
      return { lines: answer.value.lastLines, leftOut: answer.leftOut?.length ?? 0 };
    };
    expect(read(['one', 'two'])).toEqual({ lines: ['one', 'two'], leftOut: 0 });
    expect(read(numbered(25)).lines).toHaveLength(20);
    expect(read([])).toEqual({ lines: undefined, leftOut: 0 });
    expect(read(['one', 2])).toEqual({ lines: undefined, leftOut: 1 });
    expect(read('one')).toEqual({ lines: undefined, leftOut: 1 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { linesOf } from './lines.js';

async function linesFrom(chunks: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  for await (const line of linesOf(stream())) lines.push(line);
  return lines;
}

describe('lines of a stream', () => {
  it('are whole wherever the stream was cut, inside a character too', async () => {
    const bytes = Buffer.from('{"a":"é"}\n\n{"b":"東"}\n{"torn');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(await linesFrom(chunks)).toEqual(['{"a":"é"}', '{"b":"東"}']);
    }
  });
});

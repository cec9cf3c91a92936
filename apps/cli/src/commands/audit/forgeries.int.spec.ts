import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../../run.js';
import { testIo } from '../../testing/test-io.js';

interface Entry {
  readonly file: string;
  readonly form: string;
  readonly trust: string | null;
  readonly verdict: string;
  readonly rule?: string;
}

const folder = new URL('../../../../../libs/events/forgeries/', import.meta.url);
const manifest = JSON.parse(
  readFileSync(new URL('manifest.json', folder), 'utf8'),
) as readonly Entry[];

/** What `oakring audit verify` says to a program, and ends with. */
async function audited(argv: readonly string[], trust: string | null) {
  const io = testIo();
  const more = trust === null ? [] : ['--trust', trust];
  // No home: what is remembered of one file would refuse the next.
  const code = await run(['--json', 'audit', 'verify', ...argv, ...more], io, {});
  return { code, said: JSON.parse(io.written()) as object };
}

function expectedOf({ verdict, rule, trust }: Entry) {
  if (verdict === 'refused') return { code: 1, said: { status: 'damaged', rule } };
  const standing = verdict === 'unknown-key' ? {} : { standing: verdict };
  const codes: Record<string, number> = {
    ...{ sealed: 0, 'unsealed-tail': 5, unsealed: 1, 'unknown-key': 2 },
  };
  return { code: trust === null ? 0 : codes[verdict], said: standing };
}

describe('audit verify, of a forged file', () => {
  it.each(manifest)('$file: $verdict $rule', async (entry) => {
    const path = fileURLToPath(new URL(entry.file, folder));
    expect(await audited([path], entry.trust)).toMatchObject(expectedOf(entry));
  });
});

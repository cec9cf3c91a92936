import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { allForgeries, folder, manifestOf } from '../../testing/forgeries/all-forgeries.js';
import { contentOf, type ManifestEntry } from '../../testing/forgeries/forgery.js';
import { vectors, vectorsFile } from '../../testing/forgeries/vectors.js';
import { decodeStoredCommit } from '../log/stored-commit.js';
import { ledgerRules } from '../log/rules.js';
import { verifyBundle } from './bundle-verifier.js';
import { ledgerVerifier } from './ledger-verifier.js';

const forgeries = allForgeries();
const manifest = JSON.parse(
  readFileSync(new URL('manifest.json', folder), 'utf8'),
) as readonly ManifestEntry[];

/** What is said of a file, as its entry in the manifest has it. */
function verdictOn(
  text: string,
  { form, trust }: Pick<ManifestEntry, 'form' | 'trust'>,
): { verdict: string; rule?: string } {
  if (form === 'bundle') {
    const check = verifyBundle(text, { trust });
    if (check.status === 'damaged') return { verdict: 'refused', rule: check.damage.rule };
    if (check.status === 'not-a-bundle') return { verdict: check.status };
    const isUnknown = check.root === null && check.keys.length > 0;
    return { verdict: isUnknown ? 'unknown-key' : check.standing };
  }
  const lines = text.split('\n');
  if (lines.pop() !== '') return { verdict: 'refused', rule: 'C1' };
  const verifier = ledgerVerifier({ trust });
  for (const [index, line] of lines.entries()) {
    const decoded = decodeStoredCommit(line, index + 1);
    const damage = decoded.status === 'damaged' ? decoded.damage : verifier.next(decoded.commit);
    if (damage !== null) return { verdict: 'refused', rule: damage.rule };
  }
  const { standing, root } = verifier.report();
  return { verdict: lines.length > 0 && root === null ? 'unknown-key' : standing };
}

/** What lies in a store, is broken before there is a text, or is a token, is found by who reads it (apps/cli). */
const texts = manifest.filter(
  ({ form, rule = '', verdict }) =>
    (form === 'ledger' || form === 'bundle') &&
    !/^(P\d|T2|T3)$/.test(rule) &&
    !verdict.startsWith('unstamped'),
);

const beside = ['authority.pem', 'another-authority.pem'];

describe('a forged file', () => {
  it.each(texts)('$file: $verdict $rule', (entry) => {
    const { verdict, rule } = entry;
    const text = readFileSync(new URL(entry.file, folder), 'utf8');
    expect(verdictOn(text, entry)).toEqual(rule === undefined ? { verdict } : { verdict, rule });
  });

  it('is there for every rule', () => {
    const broken = new Set(manifest.map(({ rule }) => rule));
    expect(Object.keys(ledgerRules).filter((rule) => !broken.has(rule))).toEqual([]);
  });

  it('comes with vectors of what is computed', () => {
    const written: unknown = JSON.parse(readFileSync(vectorsFile, 'utf8'));
    expect(written).toEqual(vectors());
  });

  it('is the one that "npm run forgeries" writes', () => {
    expect(manifest).toEqual(manifestOf(forgeries));
    expect(readdirSync(folder).sort()).toEqual(
      [...manifest.map(({ file }) => file), ...beside, 'manifest.json'].sort(),
    );
    for (const forgery of forgeries) {
      const bytes = readFileSync(new URL(`${forgery.name}.${forgery.form}`, folder));
      expect(bytes.equals(contentOf(forgery))).toBe(true);
    }
  });
});

describe('an honest file', () => {
  it.each([
    'honest-with-another-key.ledger',
    'honest-with-cosignatures.ledger',
    'honest-with-maps.ledger',
    'commits-after-the-last-seal.ledger',
    'an-honest-bundle.bundle',
    'an-honest-bundle-with-cosignatures.bundle',
    'an-honest-range-of-all-kinds.bundle',
  ])('%s is refused with any one byte changed', (file) => {
    const seed = 20_261_129;
    const chance = seededRandomness(seed);
    const sound = readFileSync(new URL(file, folder));
    const entry = { form: file.endsWith('bundle') ? 'bundle' : 'ledger', trust: null } as const;
    const survivors: string[] = [];
    for (let trial = 0; trial < 120; trial += 1) {
      const at = chance.integer(sound.length - 1);
      const bits = 1 + chance.integer(255);
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ bits;
      if (!isUtf8(bytes)) continue;
      const { verdict } = verdictOn(bytes.toString('utf8'), entry);
      if (verdict === 'refused' || verdict === 'not-a-bundle') continue;
      survivors.push(`seed ${seed}: byte ${at} ^ ${bits}`);
    }
    expect(survivors).toEqual([]);
  });
});

describe('docs/ledger-format.md', () => {
  it('has every rule, in the words that the verifier has', () => {
    const page = readFileSync('docs/ledger-format.md', 'utf8');
    const found = [...page.matchAll(/^- \*\*([A-Z]\d+)\*\* (.*(?:\n {2}.*)*)$/gm)];
    const said = found.map(([, id, says = '']) => `${id} ${says.replaceAll(/\n {2}/g, ' ')}`);
    expect(said).toEqual(Object.entries(ledgerRules).map(([id, { says }]) => `${id} ${says}`));
  });
});

import { bundleForgeries } from './bundle-forgeries.js';
import { commitForgeries } from './commit-forgeries.js';
import { keptTokens, stampForgeries } from './stamp-forgeries.js';
import { storeForgeries } from './store-forgeries.js';
import { evidenceForgeries } from './evidence-forgeries.js';
import { olderForgeries } from './older-forgeries.js';
import { rangeForgeries } from './range-forgeries.js';
import { trustCases } from './trust-cases.js';
import type { Forgery, ManifestEntry } from './forgery.js';

export const folder = new URL('../../forgeries/', import.meta.url);

/** Throws a TypeError where the tokens are of another checkpoint than today's. */
export function allForgeries(): Forgery[] {
  const tokens = keptTokens();
  if (tokens === null) throw new TypeError('tokens.json is out of date: npm run forgeries');
  return [
    ...commitForgeries(),
    ...evidenceForgeries(),
    ...trustCases(),
    ...olderForgeries(),
    emptied(),
    ...bundleForgeries(),
    ...rangeForgeries(),
    ...storeForgeries(),
    ...stampForgeries(tokens),
  ];
}

export function manifestOf(forgeries: readonly Forgery[]): ManifestEntry[] {
  return forgeries.map(({ name, form, trust, tsaCa = null, expected }) => ({
    ...{ file: `${name}.${form}`, form, trust },
    ...(tsaCa === null ? {} : { tsaCa }),
    ...expected,
  }));
}

function emptied(): Forgery {
  const trust = 'ab'.repeat(32);
  return {
    ...{ name: 'an-emptied-ledger', form: 'ledger', lines: [], trust },
    expected: { verdict: 'unsealed' },
  };
}

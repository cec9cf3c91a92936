import { bundleForgeries } from './bundle-forgeries.js';
import { commitForgeries } from './commit-forgeries.js';
import { storeForgeries } from './store-forgeries.js';
import { evidenceForgeries, trustCases } from './evidence-forgeries.js';
import type { Forgery, ManifestEntry } from './forgery.js';

export const folder = new URL('../../forgeries/', import.meta.url);

export function allForgeries(): Forgery[] {
  return [
    ...commitForgeries(),
    ...evidenceForgeries(),
    ...trustCases(),
    emptied(),
    ...bundleForgeries(),
    ...storeForgeries(),
  ];
}

export function manifestOf(forgeries: readonly Forgery[]): ManifestEntry[] {
  return forgeries.map(({ name, form, trust, expected }) => ({
    ...{ file: `${name}.${form}`, form, trust },
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

import type { RuleId } from '../../src/log/rules.js';

/** A file that a verifier is tried on, and what it must say. */
export interface Forgery {
  /** Without the ending. */
  readonly name: string;
  /**
   * `ledger`: stored commits; `bundle`: one; `lmdb`: entries of its trees; `mongodb`: documents as Extended
   * JSON. One a line.
   */
  readonly form: 'ledger' | 'bundle' | 'lmdb' | 'mongodb';
  readonly lines: readonly string[];
  /** What becomes of the bytes of those lines; without it, nothing. */
  readonly altered?: (bytes: Buffer) => Uint8Array;
  /** `--trust`. */
  readonly trust: string | null;
  /** `--tsa-ca`: a file beside it. */
  readonly tsaCa?: string | null;
  readonly expected: Expected;
}

/** What is in the file. */
export function contentOf({ lines, altered = (bytes) => bytes }: Forgery): Uint8Array {
  return altered(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

export type Expected =
  | { readonly verdict: 'refused'; readonly rule: RuleId }
  /** Nothing is broken. Asked for trust: by what it rests on; `unstamped`: asked for an outside time, there is none. */
  | { readonly verdict: 'sealed' | 'unsealed-tail' | 'unsealed' | 'unknown-key' }
  | { readonly verdict: 'unstamped' | 'unstamped-tail' };

/** Without the forms of a verifier: an entry of manifest.json. */
export interface ManifestEntry {
  readonly file: string;
  readonly form: Forgery['form'];
  readonly trust: string | null;
  readonly tsaCa?: string;
  readonly verdict: string;
  readonly rule?: string;
}

/** What a verifier refuses for this rule, whoever it trusts. */
export function refused(
  name: string,
  rule: RuleId,
  lines: readonly string[],
  form: Forgery['form'] = 'ledger',
): Forgery {
  return { name, form, lines, trust: null, expected: { verdict: 'refused', rule } };
}

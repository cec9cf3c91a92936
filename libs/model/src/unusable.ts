import type { JobRecord } from './records.js';

/**
 * Why a root's document can be neither placed nor run, where its translation found so: its instances are
 * there, and wait with that reason until their root takes them back.
 */
export function whyUnusable({
  numbering,
  document,
}: Pick<JobRecord, 'numbering' | 'document'>): { code: string; detail: string } | null {
  const { refused } = document;
  if (numbering !== 'given' || typeof refused !== 'object' || refused === null) return null;
  const { code, detail } = refused as { readonly code?: unknown; readonly detail?: unknown };
  return { code: String(code), detail: String(detail) };
}

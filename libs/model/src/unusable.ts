import type { JobRecord } from './records.js';

/** Why an instance can be neither placed nor run: for what its job is, or for its own number. */
export function whyInstanceUnusable(
  job: Pick<JobRecord, 'numbering' | 'document'>,
  number: number,
): { code: string; detail: string } | null {
  return whyUnusable(job) ?? whyNumberUnusable(job, number);
}

/** Why an instance can never be placed while others of its job can: its worker could not name it. */
export function whyNumberUnusable(
  { document }: Pick<JobRecord, 'document'>,
  number: number,
): { code: string; detail: string } | null {
  const { numbersBelow } = document;
  if (typeof numbersBelow !== 'number' || number < numbersBelow) return null;
  const detail =
    `It cannot be placed: the service's name is so long that only numbers below ${numbersBelow} ` +
    `make the id of a container that is possible, and this one is ${number}. Use a shorter name.`;
  return { code: 'service-unusable', detail };
}

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

import type { NodeRecord } from '@oakring/model';

/** True whatever the node did meanwhile: one that speaks and does not report its state is not silent. */
export function whyPastSuspect(
  { stopped }: NodeRecord,
  { absentMs, heardMsAgo }: { readonly absentMs: number; readonly heardMsAgo: number | null },
): string {
  const since = `${seconds(absentMs)} s`;
  if (heardMsAgo !== null) {
    const before = stopped ? 'its worker said that it stops, and' : 'it was suspect, and';
    const heard = `heard of ${seconds(heardMsAgo)} s ago`;
    return `${since} ago ${before} has not reported its state since, though it was ${heard}`;
  }
  return stopped
    ? `its worker said ${since} ago that it stops`
    : `silent for ${since} since it was suspect`;
}

export function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

import type { SampleLedger } from '@oakring/events/testing';
import type { Route } from './fake-manager.js';

/** What a manager answers about its ledger, as `oakring backup` asks. `cutAfter`: the connection ends then. */
export function servedLedger(
  { lines, commits }: Pick<SampleLedger, 'lines' | 'commits'>,
  {
    cutAfter = Infinity,
    note = null,
  }: { readonly cutAfter?: number; readonly note?: string | null } = {},
): Readonly<Record<string, Route>> {
  const end = commits.length;
  const last = commits.at(-1);
  return {
    'GET /api/v1/ledger/keys': (_, answer) =>
      answer.json({ clusterId: 'c-1', items: [], checkpoint: note, sealed: null, tree: null }),
    'GET /api/v1/ledger/head': (_, answer) =>
      answer.json({ position: end, hash: last?.hash, epoch: 1, leader: null, leading: true }),
    'GET /api/v1/ledger/commits': ({ url }, answer) => {
      const query = new URL(url, 'http://any').searchParams;
      const from = Number(query.get('from') ?? 1);
      const to = Number(query.get('to') ?? end);
      if (from > end + 1) return answer.problem('position-invalid', `The log ends at ${end}.`);
      const asked = lines.slice(from - 1, to);
      answer.texts(asked.slice(0, cutAfter), end);
      if (asked.length <= cutAfter) answer.end();
      // What was written goes out first.
      else setTimeout(() => answer.destroy(), 50);
    },
  };
}

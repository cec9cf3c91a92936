import { recordsIn, type Commit } from '@oakring/events';

/** The last version of each stream that a commit has events of. */
export function streamVersionsOf(commit: Commit): ReadonlyMap<string, number> {
  // The text of a commit that was sealed here; one from elsewhere was checked when it was read.
  const records = recordsIn(commit) as readonly { stream: string; version: number }[];
  return new Map(records.map((record) => [record.stream, record.version]));
}

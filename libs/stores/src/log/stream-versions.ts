import { placesIn, type Commit } from '@oakring/events';

/** The last version of each stream that a commit has events of. */
export function streamVersionsOf(commit: Commit): ReadonlyMap<string, number> {
  // The text of a commit that was sealed here; one from elsewhere was checked when it was read.
  const versions = new Map<string, number>();
  for (const { stream, version } of placesIn(commit)) versions.set(stream, version);
  return versions;
}

import { encodeEvent, sealCommit, type Commit, type LogHead } from '../src/log/commit.js';
import { encodeStoredCommit } from '../src/log/stored-commit.js';
import { schemaVersion } from '../src/catalogue/catalogue.js';
import { sampleEvent, sampleOrigin } from './sample-commits.js';

/** What the next release may append to a log of this one: an event of a type and a schema that are not known here. */
export function commitOfNextRelease(head: LogHead, epoch = head.epoch + 1): Commit {
  const stream = 'nodes/of-the-next-release';
  const known = encodeEvent(sampleEvent(stream), 1, sampleOrigin);
  const event = known
    .replace(`"schema":${schemaVersion}`, `"schema":${schemaVersion + 1}`)
    .replace('"NodeBecameReady"', '"NodeBecameWise"');
  const commitId = `of the next release, at ${head.position + 1}`;
  const parts = { epoch, commitId, at: head.at, streams: [stream], commands: [] };
  return sealCommit(head, { ...parts, events: [event] });
}

/** The text of a commit of a format that a later release may bring. */
export function textOfNextFormat(head: LogHead): string {
  return encodeStoredCommit(commitOfNextRelease(head)).replace('"format":2', '"format":3');
}

import type { DomainEvent } from '../src/catalogue/catalogue.js';
import type { Origin } from '../src/log/origin.js';
import { encodeEvent, headOf, sealCommit, type Commit, type LogHead } from '../src/log/commit.js';

/** An event as small as any, for tests of the log: its contents do not matter there. */
export function sampleEvent(stream: string): DomainEvent {
  const data = { reason: `a sample for ${stream}` };
  // No store looks at what kind of stream it is.
  return { stream, type: 'NodeBecameReady', data } as DomainEvent;
}

export const sampleOrigin: Origin = { by: 'nodes/a', cause: 'message:nodes/a/status' };

/** Makes commits that continue each other; test code for everyone who tests a log. */
export interface CommitMaker {
  readonly head: LogHead;
  /** The next commit, with one event for each name. It is not counted until `keep`. */
  next(streams: readonly string[], changes?: { epoch?: number; at?: number }): Commit;
  /** The commit is in the log: what follows continues it. */
  keep(commit: Commit): void;
}

export function commitMaker(start: LogHead): CommitMaker {
  let head = start;
  let made = 0;
  const versions = new Map<string, number>();
  return {
    get head() {
      return head;
    },
    next(streams, changes = {}) {
      const counted = new Map(versions);
      const events = streams.map((stream) => {
        const version = (counted.get(stream) ?? 0) + 1;
        counted.set(stream, version);
        return encodeEvent(sampleEvent(stream), version, sampleOrigin);
      });
      return sealCommit(head, {
        epoch: changes.epoch ?? Math.max(head.epoch, 1),
        commitId: `commit-${head.position + 1}-${made++}`,
        at: changes.at ?? head.at + 1000,
        streams: [...new Set(streams)],
        commands: [{ id: `POST /api/v1/jobs#${made}`, outcome: { status: 201 } }],
        events,
      });
    },
    keep(commit) {
      head = headOf(commit);
      for (const { stream, version } of versionsIn(commit)) versions.set(stream, version);
    },
  };
}

function versionsIn(commit: Commit): readonly { stream: string; version: number }[] {
  // The text is the one that `next` made.
  return JSON.parse(commit.events) as readonly { stream: string; version: number }[];
}

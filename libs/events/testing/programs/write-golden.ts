// Writes golden/schema-<version>.ndjson and what it decodes to. Run it when a type of event is
// added before a release; a released golden log is never written again.
import { writeFileSync } from 'node:fs';
import { seededRandomness } from '@oakring/ports';
import { schemaVersion } from '../../src/catalogue/catalogue.js';
import { sampleEvents } from '../sample-events.js';
import {
  decodeEvents,
  emptyHead,
  encodeEvent,
  headOf,
  sealCommit,
  type Commit,
} from '../../src/log/commit.js';
import type { Origin } from '../../src/log/origin.js';
import { encodeStoredCommit } from '../../src/log/stored-commit.js';

const seed = 1;
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const eventsPerCommit = 4;
const events = sampleEvents(seededRandomness(seed));
const versions = new Map<string, number>();
const commits: Commit[] = [];
let head = emptyHead;
for (let from = 0; from < events.length; from += eventsPerCommit) {
  const group = events.slice(from, from + eventsPerCommit);
  const commit = sealCommit(head, {
    epoch: 1 + Math.floor(from / 20),
    commitId: `00000000-0000-4000-8000-${String(from).padStart(12, '0')}`,
    at: Date.UTC(2026, 10, 23) + from * 1000,
    streams: [...new Set(group.map(({ stream }) => stream))],
    commands: [{ id: `POST /api/v1/jobs#${from}`, outcome: { status: 201 } }],
    events: group.map((event) => {
      const version = (versions.get(event.stream) ?? 0) + 1;
      versions.set(event.stream, version);
      return encodeEvent(event, version, originOf(event, from));
    }),
  });
  commits.push(commit);
  head = headOf(commit);
}

/** Each kind of it, in turn; every other event has a device's time. */
function originOf({ stream }: { stream: string }, from: number): Origin {
  const causes = [
    '1-0',
    `request:POST /api/v1/jobs#${from}`,
    `message:${stream}/status`,
    'lease:1',
  ];
  const cause = causes[(from / eventsPerCommit) % causes.length] ?? '';
  return from % (2 * eventsPerCommit) === 0
    ? { by: stream, cause, deviceAt: Date.UTC(2026, 10, 22) }
    : { by: 'manager/outbox', cause, ...(cause.startsWith('request:') ? { trace } : {}) };
}

const write = (name: string, lines: readonly string[]): void => {
  const path = new URL(`../../golden/schema-${schemaVersion}${name}.ndjson`, import.meta.url);
  writeFileSync(path, `${lines.join('\n')}\n`);
};
write('', commits.map(encodeStoredCommit));
write(
  '.decoded',
  commits.flatMap((commit) => decodeEvents(commit).map((event) => JSON.stringify(event))),
);

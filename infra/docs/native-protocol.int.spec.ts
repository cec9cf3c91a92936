import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  downTopicKinds,
  errorCatalogue,
  parseAck,
  parseJsonObject,
  parseReading,
  parseRegistration,
  parseWorkerHistory,
  parseWorkerState,
  parseWorkerStatus,
  stateHash,
  upTopicKinds,
  type Control,
  type DownTopicKind,
  type HistoryAccepted,
  type JsonObject,
  type LeaseGrant,
  type Parsed,
  type Registered,
  type StateRequest,
  type UpTopicKind,
} from '@oakring/contracts';
import { parseControl } from '../../apps/worker/src/controls/control-message.js';

const page = readFileSync('docs/native-protocol.md', 'utf8');

/** What stands under the heading of a topic. */
function sectionOf(kind: string): string {
  const [, after = ''] = page.split(`\n### \`${kind}\`\n`);
  const [section = ''] = after.split(/\n##+ /);
  return section;
}

function examplesOf(kind: string): string[] {
  return [...sectionOf(kind).matchAll(/```json\n([^]*?)\n```/g)].map(([, text]) => text ?? '');
}

/** The members that the first table of a section lists. */
function listedIn(kind: string): string[] {
  const [table = ''] = sectionOf(kind).split('```');
  return [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name ?? '');
}

function parsed<T>(text: string, parse: (body: JsonObject) => Parsed<T>): Parsed<T> {
  const body = parseJsonObject(Buffer.from(text));
  return body.ok ? parse(body.value) : body;
}

const said: Readonly<Record<UpTopicKind, (body: JsonObject) => Parsed<unknown>>> = {
  registration: parseRegistration,
  status: parseWorkerStatus,
  information: parseReading,
  acks: parseAck,
  state: parseWorkerState,
  history: (body) => parseWorkerHistory(body),
};

/** What the manager makes of a message, and no message says. */
const derived = new Set(['assumed', 'extra', 'unreadable']);

type Shape<T> = Readonly<Record<keyof Required<T>, 'string' | 'number' | 'boolean' | 'object'>>;
const spoken = { epoch: 'number', ledger: 'string' } as const;
const registered: Shape<Registered> = {
  ...{ id: 'string', accepted: 'boolean', code: 'string', detail: 'string', token: 'string' },
  ...{ incarnation: 'number', startId: 'string', at: 'string', periodMs: 'number', ...spoken },
};
const controls: Shape<Control> = {
  ...{ command: 'string', job: 'object', worker: 'string', commandId: 'string', ...spoken },
  ...{ instance: 'number', generation: 'number', attempt: 'number', digest: 'string' },
  ...{ sentAt: 'string', expiresAt: 'string' },
};
const requests: Shape<StateRequest> = {
  ...{ request: 'string', requestId: 'string', hash: 'string', at: 'string', ...spoken },
};
const leases: Shape<LeaseGrant> = { incarnation: 'number', sequence: 'number', ...spoken };
const accepted: Shape<HistoryAccepted> = { upTo: 'number', ...spoken };
/** Every member of what goes down: does not compile without one that is added. */
const heard: Readonly<Record<DownTopicKind, Readonly<Record<string, string>>>> = {
  ...{ registered, controls, requests, leases, accepted },
};

const upExamples = upTopicKinds.flatMap((kind) =>
  examplesOf(kind).map((text) => [kind, text] as const),
);
const downExamples = downTopicKinds.flatMap((kind) =>
  examplesOf(kind).map((text) => [kind, text] as const),
);

describe('docs/native-protocol.md', () => {
  it.each([...upTopicKinds, ...downTopicKinds])('has a section with an example of %s', (kind) => {
    expect(examplesOf(kind)).not.toEqual([]);
  });

  it.each(upExamples)('gives an example of %s that the manager takes whole: %#', (kind, text) => {
    const taken = parsed(text, said[kind]);
    expect(taken).toMatchObject({ ok: true });
    expect(taken).not.toHaveProperty('leftOut');
  });

  it.each(upTopicKinds)(
    'names all that %s says and that the manager takes of it, and no more',
    (kind) => {
      const taken = examplesOf(kind).flatMap((text) => {
        const message = parsed(text, said[kind]);
        return [
          ...Object.keys(JSON.parse(text)),
          ...Object.keys(message.ok ? Object(message.value) : {}),
        ];
      });
      const members = new Set(taken.filter((name) => !derived.has(name)));
      expect([...members].sort()).toEqual(listedIn(kind).sort());
    },
  );

  it.each(downTopicKinds)('names every member of %s, and no other', (kind) => {
    expect(listedIn(kind).sort()).toEqual(Object.keys(heard[kind]).sort());
  });

  it.each(downExamples)('gives an example of %s of the types that it has: %#', (kind, text) => {
    for (const [name, value] of Object.entries(JSON.parse(text))) {
      expect([name, typeof value]).toEqual([name, heard[kind][name]]);
    }
  });

  it.each(examplesOf('controls'))('gives an order that our worker obeys: %#', (text) => {
    expect(parseControl(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it('names codes that exist', () => {
    const [, table = ''] = page.split('\n## What is refused\n');
    const rows = [...table.matchAll(/^\| (`[^|]+`) +\|/gm)].map(([, cell]) => cell ?? '');
    const codes = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
    expect(codes).toContain('incarnation-stale');
    expect(codes.filter((code) => !(String(code) in errorCatalogue))).toEqual([]);
  });

  it('states the hash of its example', () => {
    const [request = '{}'] = examplesOf('requests');
    const instances = [...page.matchAll(/^(\w+)\/(\d+)\/(\d+) (running) (\w+)$/gm)].map(
      ([, job = '', instance, generation, status = '', digest = '']) => ({
        ...{ job, instance: Number(instance), generation: Number(generation), status, digest },
      }),
    );
    expect(instances).toHaveLength(2);
    expect(JSON.parse(request)).toMatchObject({ hash: stateHash(instances) });
  });
});

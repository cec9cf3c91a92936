import { describe, expect, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { errorCatalogue } from '../errors/catalogue.js';
import type { Message } from './frame.js';
import {
  downKinds,
  nativeDown,
  nativeUp,
  upKinds,
  type DownKind,
  type UpKind,
} from './native-wire.js';
import type { Parsed } from '../parsing/parsing.js';
import { technologies } from './technology.js';

type Read<M> = M extends { decode(payload: Uint8Array): Parsed<infer T> } ? T : never;

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const id = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/);
const text = (most: number) =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.floor(most / 12) });
const word = text(64);
/** Each once, in order. */
const words = (most: number) =>
  fc.uniqueArray(text(most), { maxLength: 3 }).map((list) => list.sort());
const hundredths = fc.integer({ min: 0, max: 10_000 });
const orNull = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null> => fc.option(arbitrary);
const address = { job: id, instance: fc.integer({ min: 0, max: 9_999 }), generation: positive };
const heardFrom = { epoch: orNull(count), ledger: orNull(word) };
/** What may be kept of what is not ours. */
const plain = fc.oneof(text(200), fc.integer(), fc.boolean(), fc.constant(null));
const base64 = fc
  .uint8Array({ minLength: 1 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const size = fc.integer({ min: 1, max: 4_096 });
const resource = fc.integer({ min: 0, max: 1_000_000 });

const up: { readonly [K in UpKind]: Arbitrary<Read<(typeof nativeUp)[K]>> } = {
  registration: fc
    .record({
      ...{ id, name: text(256), ip: text(256), port: fc.integer({ min: 0, max: 65_535 }) },
      ...{ incarnation: orNull(count), startId: orNull(word), yields: fc.boolean() },
      capacity: fc.record({ cpuMillis: resource, memoryMiB: resource }),
      labels: fc.dictionary(word, text(256), { maxKeys: 5 }),
      technologies: fc.subarray([...technologies].sort()),
      ...{ architecture: orNull(word), acknowledges: fc.boolean(), enforcesStop: fc.boolean() },
      ...{ features: words(64), hostPaths: words(1024), registries: words(64) },
      ...{
        token: orNull(text(256)),
        extra: fc.dictionary(
          word.map((name) => `x-${name}`),
          plain,
        ),
      },
    })
    .map((said) => ({ ...said, assumed: false })),
  information: fc.record({
    ...{ cpu: orNull(hundredths), memory: orNull(hundredths) },
    ...{ incarnation: orNull(count), sequence: orNull(count) },
    instances: orNull(fc.array(fc.record({ ...address, cpu: hundredths, memory: hundredths }))),
    at: orNull(word),
  }),
  status: fc.oneof(
    fc.record({
      ...{ status: fc.constant('online' as const), incarnation: orNull(count) },
      ...{ stopped: fc.constant(false), superseded: fc.constant(false) },
    }),
    fc.record({
      ...{ status: fc.constant('offline' as const), incarnation: orNull(count) },
      ...{ stopped: fc.boolean(), superseded: fc.boolean() },
    }),
  ),
  acks: fc.record({
    ...{ commandId: word, generation: orNull(positive), reason: orNull(text(4_096)) },
    phase: fc.constantFrom('received', 'progress', 'succeeded', 'failed'),
    fault: fc.constantFrom('job', 'node'),
    ...{ incarnation: orNull(count), ledger: orNull(word) },
  }),
  state: fc
    .record({
      ...{ incarnation: orNull(count), requestId: orNull(word), hash: orNull(word) },
      instances: fc.array(
        fc.record({
          ...address,
          status: fc.constantFrom('starting', 'running', 'completed', 'failed', 'stopping'),
          ...{ reason: orNull(text(4_096)), runningMs: orNull(count) },
          ...{ ledger: orNull(word), digest: orNull(word) },
          health: orNull(
            fc.record({
              status: fc.constantFrom('starting', 'healthy', 'unhealthy'),
              ...{ reason: orNull(text(4_096)), forMs: orNull(count) },
            }),
          ),
        }),
      ),
      ...{ final: fc.boolean(), page: fc.integer({ min: 1, max: 64 }) },
      pages: fc.integer({ min: 1, max: 64 }),
    })
    .map(({ page, pages, ...said }) => ({
      ...{ ...said, unreadable: 0, page: Math.min(page, pages), pages },
    })),
  history: fc
    .record({
      incarnation: count,
      from: fc.integer({ min: 1, max: 1_000_000 }),
      entries: fc.array(
        fc.dictionary(
          word.map((name) => `x-${name}`),
          plain,
        ),
        { minLength: 1 },
      ),
    })
    .map(({ entries, ...said }) => ({
      ...said,
      entries: entries.map((entry, index) => ({ ...entry, sequence: said.from + index })),
    })),
  streams: fc.record({
    ...{ stream: word, incarnation: orNull(count) },
    says: fc.constantFrom('opened', 'data', 'room', 'alive', 'end'),
    ...{ sequence: orNull(count), channel: fc.constantFrom('out', 'err', null) },
    ...{ data: orNull(base64), room: orNull(count), code: orNull(word), detail: orNull(text(999)) },
    exitCode: orNull(fc.integer({ min: 0, max: 255 })),
  }),
};

const down: { readonly [K in DownKind]: Arbitrary<Read<(typeof nativeDown)[K]>> } = {
  registered: fc.record({
    ...{ id: orNull(id), accepted: fc.boolean(), code: orNull(word), detail: orNull(text(999)) },
    ...{ token: orNull(text(256)), incarnation: orNull(count), startId: orNull(word) },
    ...{ at: orNull(word), periodMs: orNull(count), ...heardFrom },
  }),
  accepted: fc.record({ upTo: orNull(count), ...heardFrom }),
  leases: fc.record({ incarnation: orNull(count), sequence: orNull(count), ...heardFrom }),
  requests: fc.record({
    ...{ request: fc.constantFrom('state', null), requestId: orNull(word) },
    ...{ hash: orNull(word), at: orNull(word), ...heardFrom },
  }),
  controls: fc.record({
    command: fc.constantFrom('deploy', 'delete', 'move', 'replicate'),
    job: fc.record({ id, name: word, extra: fc.jsonValue() }),
    ...{ commandId: word, expiresAt: word, attempt: count, epoch: count },
    ...{ instance: address.instance, generation: positive, worker: id },
    ...{ ledger: word, digest: word, sentAt: word },
  }),
  calls: fc.record({
    call: fc.constantFrom('open', 'credit', 'input', 'resize', 'close', null),
    ...{ stream: orNull(word), incarnation: orNull(count), ...heardFrom },
    wants: fc.constantFrom('logs', 'exec', null),
    ...{ job: orNull(id), instance: orNull(address.instance), generation: orNull(positive) },
    technology: orNull(fc.constantFrom(...technologies)),
    ...{ agoMs: orNull(count), tail: orNull(count), follow: fc.boolean() },
    ...{ previous: fc.boolean(), notBefore: orNull(positive), after: orNull(word) },
    command: orNull(fc.array(text(200), { minLength: 1, maxLength: 5 })),
    ...{ tty: fc.boolean(), columns: orNull(size), rows: orNull(size), credit: orNull(count) },
    ...{ sequence: orNull(count), data: orNull(base64), last: orNull(fc.boolean()) },
  }),
};

/** Of each kind what it may say, as it is read. Does not compile without one that is added. */
const said = { ...up, ...down };
const kinds = [...upKinds, ...downKinds];
// Each arbitrary makes what the message of its kind says: the records above are by kind.
const messages = { ...nativeUp, ...nativeDown } as Readonly<Record<string, Message<unknown>>>;

function decoded(kind: string, payload: Uint8Array): Parsed<unknown> {
  const parsed = messages[kind]?.decode(payload);
  if (parsed === undefined) throw new Error(`there is no message ${kind}`);
  return parsed;
}

function expectAnswered(kind: string, payload: Uint8Array): void {
  const parsed = decoded(kind, payload);
  if (parsed.ok) return;
  expect(Object.keys(errorCatalogue)).toContain(parsed.refusal.code);
  expect(parsed.refusal.detail).not.toBe('');
}

describe('A message of the native wire', () => {
  it.each(kinds)('says on %s what is read of it', (kind) => {
    fc.assert(
      fc.property(said[kind] as Arbitrary<unknown>, (what) => {
        const payload = Buffer.from(messages[kind]?.encode(what) ?? '');
        expect(decoded(kind, payload)).toMatchObject({ ok: true, value: what });
      }),
      { seed: 11 },
    );
  });

  it.each(kinds)('is on %s taken or refused with a code, whatever it is', (kind) => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => expectAnswered(kind, bytes)),
      { seed: 12 },
    );
    fc.assert(
      fc.property(fc.json(), (json) => expectAnswered(kind, Buffer.from(json))),
      { seed: 13 },
    );
  });

  it.each(kinds)('is on %s refused with a code where it is nested too deeply', (kind) => {
    for (const half of ['', '"half": "\\ud800", ']) {
      const json = `{${half}"${messages[kind]?.members[0]}":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      expectAnswered(kind, Buffer.from(json));
    }
  });

  it.each(kinds)('is on %s taken or refused with a code, whatever its members are', (kind) => {
    const members = messages[kind]?.members ?? [];
    const anything = fc.oneof(fc.jsonValue(), fc.constant(null), fc.double(), fc.string());
    const body = fc.tuple(said[kind] as Arbitrary<object>, fc.constantFrom(...members), anything);
    fc.assert(
      fc.property(body, ([good, member, instead]) => {
        const json = JSON.stringify({ ...good, [member]: instead });
        expectAnswered(kind, Buffer.from(json));
      }),
      { seed: 14 },
    );
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  decodeEvents,
  emptyHead,
  encodeEvent,
  hashCommit,
  headOf,
  sealCommit,
  type Commit,
} from './commit.js';
import { sampleEvent, sampleOrigin } from '../../testing/sample-commits.js';

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const sealed = (head = emptyHead, changes: { at?: number } = {}): Commit =>
  sealCommit(head, {
    epoch: 2,
    commitId: 'c-1',
    at: changes.at ?? at,
    streams: ['nodes/a', 'nodes/b'],
    commands: [{ id: 'POST /api/v1/jobs#k', outcome: { status: 201, body: { id: 'j' } } }],
    events: [
      encodeEvent(sampleEvent('nodes/a'), 4, sampleOrigin),
      encodeEvent(sampleEvent('nodes/b'), 1, sampleOrigin),
    ],
  });

describe('A sealed commit', () => {
  it('follows the head: next position, its hash as prev', () => {
    const first = sealed();
    expect(first).toMatchObject({ position: 1, prev: '0'.repeat(64), at });
    expect(sealed(headOf(first))).toMatchObject({ position: 2, prev: first.hash });
  });

  it('is never before the head, whatever the clock says', () => {
    const first = sealed();
    expect(sealed(headOf(first), { at: at - 5000 }).at).toBe(at);
  });

  it('has the hash of its canonical text, spelled out here', () => {
    const events =
      '[{"by":"nodes/a","cause":"message:nodes/a/status",' +
      '"data":{"reason":"a sample for nodes/a"},"schema":6,"stream":"nodes/a",' +
      '"type":"NodeBecameReady","version":4},' +
      '{"by":"nodes/a","cause":"message:nodes/a/status",' +
      '"data":{"reason":"a sample for nodes/b"},"schema":6,"stream":"nodes/b",' +
      '"type":"NodeBecameReady","version":1}]';
    const text =
      '{"_id":1,"at":"2026-01-02T03:04:05.006Z",' +
      '"commands":[{"id":"POST /api/v1/jobs#k","outcome":{"body":{"id":"j"},"status":201}}],' +
      `"commitId":"c-1","epoch":2,"format":2,` +
      `"prev":"${'0'.repeat(64)}","streams":["nodes/a","nodes/b"]}\t${events}`;
    const commit = sealed();
    expect(commit.events).toBe(events);
    expect(commit.hash).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  });

  it('has another hash when any field is another', () => {
    const { hash, ...fields } = sealed();
    const changed: Omit<Commit, 'hash'>[] = [
      { ...fields, format: 1 },
      { ...fields, position: 2 },
      { ...fields, epoch: 3 },
      { ...fields, commitId: 'c-2' },
      { ...fields, at: at + 1 },
      { ...fields, prev: 'f'.repeat(64) },
      { ...fields, streams: ['nodes/a'] },
      { ...fields, commands: [] },
      { ...fields, events: '[]' },
    ];
    const hashes = [hash, ...changed.map(hashCommit)];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('gives back its events with their place in history', () => {
    expect(decodeEvents(sealed())).toEqual([
      { ...sampleEvent('nodes/a'), ...sampleOrigin, position: 1, index: 0, version: 4, at },
      { ...sampleEvent('nodes/b'), ...sampleOrigin, position: 1, index: 1, version: 1, at },
    ]);
  });

  it('refuses an event that does not pass its schema, naming what is wrong', () => {
    // The compiler would not let it: data from elsewhere might be so.
    const wrong = { stream: 'nodes/a', type: 'NodeBecameReady', data: { reason: 7 } } as never;
    expect(() => encodeEvent(wrong, 1, sampleOrigin)).toThrow(
      /refused to write.*NodeBecameReady\/reason/,
    );
  });
});

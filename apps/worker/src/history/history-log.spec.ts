import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { maxMqttPayloadBytes, nativeUp } from '@oakring/contracts/native';
import type { HistoryEntry } from '../memory/worker-store.port.js';
import { HistoryLog, type HistoryNews } from './history-log.js';

const at = '2026-01-01T00:00:00.000Z';
const nothing = { next: 1, entries: [] };

describe('The small log of a worker', () => {
  it('numbers what happens from 1, in order', () => {
    const log = filled(3);
    expect(messageOf(log)).toEqual({
      incarnation: 4,
      from: 1,
      entries: [1, 2, 3].map((sequence) => ({ sequence, at, kind: 'failed', job: 'web' })),
    });
  });

  it('has nothing to say when nothing happened, or all was accepted', () => {
    const log = filled(2);
    log.accepted(2);
    expect([log.size, message(log)]).toEqual([0, null]);
    expect(message(new HistoryLog(nothing))).toBeNull();
  });

  it('says the same again until it is accepted', () => {
    const log = filled(3);
    expect(message(log)).toEqual(message(log));
  });

  it('forgets what is accepted and keeps numbering', () => {
    const log = filled(3);
    log.accepted(2);
    log.add(news());
    expect(sequencesOf(log)).toEqual([3, 4]);
    log.accepted(4);
    log.add(news());
    expect(sequencesOf(log)).toEqual([5]);
  });

  it('forgets nothing on an acceptance that came late', () => {
    const log = filled(5);
    log.accepted(4);
    log.accepted(2);
    expect(sequencesOf(log)).toEqual([5]);
  });

  it('goes on above what the manager already has, where its own memory is older', () => {
    const log = new HistoryLog(nothing);
    log.accepted(41);
    log.add(news());
    expect(sequencesOf(log)).toEqual([42]);
  });

  it('is not ended by an acceptance that no later number is left for', () => {
    const log = filled(2);
    log.accepted(Number.MAX_SAFE_INTEGER);
    log.accepted(Number.POSITIVE_INFINITY);
    log.add(news());
    expect(sequencesOf(log)).toEqual([1, 2, 3]);
  });

  it('is the same after a restart', () => {
    const log = filled(3);
    log.accepted(1);
    const again = new HistoryLog(JSON.parse(JSON.stringify(log.snapshot())));
    expect(message(again)).toEqual(message(log));
    expect(again.snapshot()).toEqual(log.snapshot());
    again.add(news());
    expect(sequencesOf(again)).toEqual([2, 3, 4]);
    expect(sequencesOf(log)).toEqual([2, 3]);
  });

  it('does not change what was handed out before', () => {
    const log = filled(2);
    const snapshot = log.snapshot();
    log.add(news());
    log.accepted(1);
    expect(snapshot.entries.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });
});

describe('The small log of a worker, when it is full', () => {
  it('keeps a thousand entries', () => {
    const log = filled(1_000);
    expect(log.snapshot().entries[0]).toMatchObject({ sequence: 1, kind: 'failed' });
    expect(log.snapshot().entries).toHaveLength(1_000);
  });

  it('counts in one entry what found no room', () => {
    const log = filled(1_001);
    expect(log.snapshot().entries).toHaveLength(1_000);
    expect(firstOf(log)).toMatchObject({ sequence: 2, kind: 'dropped', ...dropped(2) });
    for (let more = 0; more < 50; more += 1) log.add(news());
    const { entries } = log.snapshot();
    expect(entries).toHaveLength(1_000);
    expect(entries.filter(({ kind }) => kind === 'dropped')).toHaveLength(1);
    expect(firstOf(log)).toMatchObject({ sequence: 52, ...dropped(52) });
    expect(entries.at(-1)?.sequence).toBe(1_051);
  });

  it('counts on after a restart', () => {
    const log = new HistoryLog(filled(1_051).snapshot());
    log.add(news());
    expect(firstOf(log)).toMatchObject({ sequence: 53, ...dropped(53) });
  });

  it('counts anew once the count was accepted', () => {
    const log = filled(1_051);
    log.accepted(52);
    for (let more = 0; more < 2; more += 1) log.add(news());
    expect(firstOf(log)).toMatchObject({ sequence: 54, ...dropped(2) });
  });
});

describe('A message of the small log', () => {
  it('is one that the manager takes', () => {
    const parsed = nativeUp.history.decode(Buffer.from(JSON.stringify(messageOf(filled(1_200)))));
    expect(parsed).toMatchObject({ ok: true, value: { incarnation: 4, from: 201 } });
  });

  it.each([
    ['long', 'x'],
    ['not of the Latin alphabet', '漢'],
    ['escaped', '\u0001'],
  ])('has room for its reasons, where they are %s', (_what, letter) => {
    const log = filled(1_000, { detail: letter.repeat(300) });
    const told: number[] = [];
    for (let said = message(log); said !== null; said = message(log)) {
      expect(Buffer.byteLength(JSON.stringify(said))).toBeLessThanOrEqual(maxMqttPayloadBytes);
      const sequences = sequencesOf(log);
      told.push(...sequences);
      log.accepted(sequences.at(-1) ?? 0);
    }
    expect(told).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  });
});

function filled(count: number, more: Partial<HistoryNews> = {}): HistoryLog {
  const log = new HistoryLog(nothing);
  for (let entry = 0; entry < count; entry += 1) log.add(news(more));
  return log;
}

function news(more: Partial<HistoryNews> = {}): HistoryNews {
  return { at, kind: 'failed', job: 'web', ...more };
}

function dropped(count: number): object {
  return { detail: `${count} entries found no room` };
}

function firstOf(log: HistoryLog): HistoryEntry | undefined {
  return log.snapshot().entries[0];
}

function message(log: HistoryLog) {
  return log.message(4, maxMqttPayloadBytes);
}

function messageOf(log: HistoryLog): JsonObject {
  const said = message(log);
  if (said === null) throw new Error('there is nothing to say');
  return JSON.parse(JSON.stringify(said)) as JsonObject;
}

function sequencesOf(log: HistoryLog): number[] {
  const { entries } = messageOf(log) as unknown as { entries: HistoryEntry[] };
  return entries.map(({ sequence }) => sequence);
}

// What the stores can do with the same grouping and nothing of ours in between.
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { open as openLmdb } from 'lmdb';
import { Long, MongoClient } from 'mongodb';
import { jobOf } from '@oakring/contracts';
import type { Command } from '../apps/manager/src/commands/command.js';

/** Who asks, and why, as a request says it. */
export const benchOrigin = { by: 'api/token', cause: 'request:POST /api/v1/jobs#bench' };
export const runMs = 4_000;
/** Until the code is compiled; not counted. */
export const warmUpMs = 1_500;

export function submitJob(id: string): Extract<Command, { type: 'SubmitJob' }> {
  const body = { id, name: id, image: 'demo/hello:1', count: 0 };
  const job = jobOf({ ...body, technology: 'simulated' });
  return { type: 'SubmitJob', id, job, bodyHash: id };
}

/** An event of the same size as the write path makes. */
export function eventText(number: number): string {
  const command = submitJob(`job-${number}`);
  return JSON.stringify({
    data: { ...command.job, id: command.id, document: command.job, bodyHash: command.bodyHash },
    schema: 2,
    stream: `jobs/job-${number}`,
    type: 'JobSubmitted',
    version: 1,
  });
}

/** Appends of events a second, as many in one commit as callers would be waiting. */
async function bareLoop(
  concurrency: number,
  append: (streams: readonly string[], events: string) => Promise<void>,
): Promise<number> {
  const group = Math.min(concurrency, 1000);
  let number = 0;
  const texts = Array.from({ length: group }, (_, index) => eventText(index));
  const round = async (ms: number): Promise<number> => {
    const untilMs = performance.now() + ms;
    let events = 0;
    while (performance.now() < untilMs) {
      const streams = texts.map(() => `jobs/job-${(number += 1)}`);
      await append(streams, `[${texts.join(',')}]`);
      events += group;
    }
    return events;
  };
  await round(warmUpMs / 2);
  const since = performance.now();
  const events = await round(runMs / 2);
  return (events / (performance.now() - since)) * 1000;
}

export async function bareLmdb(folder: string, concurrency: number): Promise<number> {
  const root = openLmdb({
    path: folder,
    overlappingSync: false,
    eventTurnBatching: false,
    maxDbs: 4,
  });
  const commits = root.openDB({ name: 'commits', encoding: 'string' });
  const index = root.openDB({ name: 'streams', encoding: 'ordered-binary' });
  let position = 0;
  let prev = '';
  const perSecond = await bareLoop(concurrency, async (streams, events) => {
    position += 1;
    const text = JSON.stringify({ _id: position, events, prev, streams });
    prev = createHash('sha256').update(text).digest('hex');
    await commits.childTransaction(() => {
      void commits.put(position, text);
      for (const stream of streams) void index.put([stream, position], 1);
    });
  });
  await root.close();
  return perSecond;
}

/** A commit in the collection, as far as a floor or a history written past the log needs it. */
export interface LedgerDocument {
  readonly _id: Long;
  readonly header: string;
  readonly events: string;
  readonly streams: readonly string[];
  readonly hash?: string;
}

export async function bareMongo(url: string, concurrency: number): Promise<number> {
  const client = await new MongoClient(url, {
    writeConcern: { w: 'majority', journal: true },
  }).connect();
  const ledger = client.db().collection<LedgerDocument>('ledger');
  await ledger.createIndex({ streams: 1 });
  let position = 0;
  let prev = '';
  const perSecond = await bareLoop(concurrency, async (streams, events) => {
    position += 1;
    const text = JSON.stringify({ _id: position, events, prev, streams });
    prev = createHash('sha256').update(text).digest('hex');
    await ledger.insertOne({ _id: Long.fromNumber(position), header: prev, events, streams });
  });
  await client.close();
  return perSecond;
}

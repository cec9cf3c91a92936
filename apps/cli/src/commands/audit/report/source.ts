import { localZone, momentOf } from '@oakring/contracts';
import { decodeEvents, ledgerVerifier, type StoredEvent } from '@oakring/events';
import type { EventLine } from '../../../client/documents.js';
import { followEvents } from '../../../client/follow-events.js';
import type { Context } from '../../context.js';
import { firstPositionFrom, noMoment, positionOf } from '../../moments.js';
import { commitsOf } from '../store.js';
import { clearProgress, tellProgress } from '../verify.js';
import type { Gathered } from './gathered.js';
import { damagedAt, verdictOf, type Verdict } from './verdict.js';

/** The ends of a range, as they were asked for; null: the log's own. */
export interface Asked {
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Gathers from a store, and verifies all of it on the way: what a report says of a ledger that was not
 * looked at would be hearsay. One commit at a time is held.
 */
export async function gatherFromStore(
  store: string,
  asked: Asked,
  { gathered, trust }: { readonly gathered: Gathered; readonly trust: string | null },
  { terminal, ports }: Context,
): Promise<Verdict> {
  const nowMs = ports.clock.wallMs();
  const isFrom = after(asked.from, nowMs);
  const isTo = notAfter(asked.to, nowMs);
  const verifier = ledgerVerifier({ trust });
  let verified = 0;
  for await (const walked of commitsOf(store, ports)) {
    const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
    if (damage !== null) {
      clearProgress(terminal);
      return damagedAt(damage, verified);
    }
    if (walked.status !== 'commit') continue;
    const { commit } = walked;
    verified = commit.position;
    tellProgress(terminal, commit.position);
    if (!isTo(commit)) continue;
    const isIn = isFrom(commit);
    // Of what is before only who leads matters, and that is in the stream of the cluster.
    if (!isIn && !commit.streams.includes('cluster')) continue;
    for (const event of decodeEvents(commit)) {
      if (isIn) gathered.take(lineOf(event));
      else gathered.before(lineOf(event));
    }
  }
  clearProgress(terminal);
  return verdictOf(verifier.report(), trust);
}

/** Gathers from a running manager, on its word alone. */
export async function gatherFromManager(
  asked: Asked,
  gathered: Gathered,
  { client, terminal, ports }: Context,
): Promise<Verdict> {
  const { clock } = ports;
  const from = asked.from === null ? 1 : await firstPositionFrom(asked.from, client, clock);
  const to = asked.to === null ? null : (await positionOf(asked.to, client, clock)).position;
  const following = { ports, signal: terminal.closed };
  for await (const { event } of followEvents(client, { from, follow: false }, following)) {
    if (to !== null && event.position > to) break;
    gathered.take(event);
  }
  return {
    ...{ status: 'unverified', standing: null },
    lines: [`told by the manager at ${client.url}: nothing of it was verified`],
    demand: () => {},
  };
}

interface Placed {
  readonly position: number;
  readonly at: number;
}

type Bound = (commit: Placed) => boolean;

/** A moment is the state after the last commit until then: what happened from there comes behind it. */
function after(text: string | null, nowMs: number): Bound {
  return boundOf(text, nowMs, {
    position: (first) => (commit) => commit.position >= first,
    time: (timeMs) => (commit) => commit.at > timeMs,
  });
}

function notAfter(text: string | null, nowMs: number): Bound {
  return boundOf(text, nowMs, {
    position: (last) => (commit) => commit.position <= last,
    time: (timeMs) => (commit) => commit.at <= timeMs,
  });
}

function boundOf(
  text: string | null,
  nowMs: number,
  by: { position(position: number): Bound; time(timeMs: number): Bound },
): Bound {
  if (text === null) return () => true;
  const moment = momentOf(text, nowMs, localZone);
  switch (moment?.kind) {
    case 'position':
      return by.position(moment.position);
    case 'time':
      return by.time(moment.timeMs);
    case 'now':
      return by.time(nowMs);
    case undefined:
      throw noMoment(text);
  }
}

/** As the manager tells it. */
function lineOf(event: StoredEvent): EventLine {
  const { at, by = null, cause = null, trace = null, deviceAt: _, ...rest } = event;
  // What the catalogue has as data is an object of JSON.
  const data = event.data as EventLine['data'];
  return { ...rest, at: new Date(at).toISOString(), by, cause, deviceAt: null, trace, data };
}

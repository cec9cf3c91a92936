import { endOfTime, OakringError } from '@oakring/contracts';
import {
  accessStream,
  clusterStream,
  decodeEvents,
  encodeEvent,
  isSameCatalogue,
  ownCatalogue,
  sealCommit,
  sealsStream,
  type Commit,
  type DomainEvent,
  type EventData,
  type SigningKey,
} from '@oakring/events';
import { type EventLogWriter } from '@oakring/stores';
import type { Ports } from '@oakring/ports';
import { clusterKey, type ClusterState, foldCommit } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import { catchUp } from './catch-up.js';

export interface Leader {
  readonly clusterName: string;
  readonly clusterLocation: string;
  readonly software: string;
  readonly host: string;
  readonly pid: number;
  /** Where others reach it over HTTP. */
  readonly url: string;
  readonly key: SigningKey;
  /** Of programs on its machine (`own-credentials.ts`). Absent: it asks for none of its own. */
  readonly credentials?: readonly GrantedCredential[];
}

export interface GrantedCredential {
  readonly name: string;
  readonly role: string;
  /** SHA-256 of the token. */
  readonly hash: string;
}

/** They stand and fall with the files that they are in. */
const neverEnds = Date.parse(endOfTime);

interface Opening {
  readonly log: EventLogWriter;
  /** Where the log is, for messages. */
  readonly place: string;
  readonly projection: Projection;
  readonly leader: Leader;
  readonly ports: Ports;
}

/**
 * Begins a leadership: appends the commit that opens the epoch, on top of everything that is there.
 * No command is decided before that commit is durable. The very first one also founds the cluster.
 *
 * A commit of a lower epoch that comes first is a predecessor's last word, which is legal until the
 * epoch is open: it is folded, and opening is tried again. Throws `not-leading` when a higher epoch
 * was there first, `position-conflict` when our own was, `log-unavailable` when nothing can be
 * written. True when it founded the cluster.
 */
export async function openEpoch(epoch: number, opening: Opening): Promise<boolean> {
  const { log, place, projection } = opening;
  const { state } = projection;
  for (;;) {
    await catchUp(log, projection, place);
    refuseOldEpoch(epoch, state);
    const commit = await openingCommit(epoch, opening);
    const appended = await log.append(commit);
    switch (appended.status) {
      case 'appended': {
        const events = decodeEvents(commit);
        foldCommit(state, commit, events);
        projection.announce(events, state.head);
        return events.some(({ type }) => type === 'ClusterFounded');
      }
      case 'unavailable':
        throw new OakringError({
          code: 'log-unavailable',
          detail: `The opening commit could not be written: ${appended.reason}.`,
        });
      case 'deposed':
        break;
    }
  }
}

function refuseOldEpoch(epoch: number, { head }: ClusterState): void {
  if (head.epoch < epoch) return;
  throw new OakringError({
    code: head.epoch > epoch ? 'not-leading' : 'position-conflict',
    detail: `Epoch ${head.epoch} was opened by another manager before epoch ${epoch} could be.`,
  });
}

async function openingCommit(epoch: number, opening: Opening): Promise<Commit> {
  const { log, projection, ports } = opening;
  const { head } = projection.state;
  const events = openingEvents(epoch, opening);
  const streams = [...new Set(events.map(({ stream }) => stream))].sort();
  const versions = new Map(await log.streamVersions(streams));
  const texts = events.map((event) => {
    const version = (versions.get(event.stream) ?? 0) + 1;
    versions.set(event.stream, version);
    return encodeEvent(event, version, { by: 'manager/leadership', cause: `lease:${epoch}` });
  });
  return sealCommit(head, {
    epoch,
    commitId: ports.ids.next(),
    // Never before what lies there, whatever our clock says.
    at: Math.max(ports.clock.wallMs(), head.at),
    streams,
    commands: [],
    events: texts,
  });
}

function openingEvents(epoch: number, { projection, leader, ports }: Opening): DomainEvent[] {
  const { software, host, pid, url, key, clusterName, clusterLocation } = leader;
  const opened: DomainEvent = {
    stream: clusterStream,
    type: 'EpochOpened',
    data: { epoch, software, host, pid, url, signingKey: key.fingerprint },
  };
  const { state } = projection;
  const cluster = state.cluster.get(clusterKey);
  const isFounding = cluster === undefined;
  const opening = [
    opened,
    ...catalogueEvents(cluster?.catalogue ?? null),
    ...credentialEvents(leader, state),
  ];
  const presented: DomainEvent = {
    stream: sealsStream,
    type: 'KeyPresented',
    data: { fingerprint: key.fingerprint, publicKey: key.publicKey, founding: isFounding },
  };
  if (!isFounding) {
    const isKnown = (state.keys.get(key.fingerprint)?.publicKey ?? null) !== null;
    return isKnown ? opening : [...opening, presented];
  }
  const founded: DomainEvent = {
    stream: clusterStream,
    type: 'ClusterFounded',
    data: { clusterId: ports.ids.next(), name: clusterName, location: clusterLocation },
  };
  return [founded, ...opening, presented];
}

/** What the ledger does not know yet. One that was revoked stays so: another is made at the next start. */
function credentialEvents(
  { credentials = [] }: Leader,
  { tokens }: ClusterState,
): readonly DomainEvent[] {
  return credentials
    .filter(({ name, hash }) => tokens.get(name)?.hash !== hash)
    .map(({ name, role, hash }) => ({
      stream: accessStream,
      type: 'TokenGranted',
      data: { name, role, hash, expiresAt: neverEnds },
    }));
}

/** The schemas that this program writes with, where the ledger does not commit to them yet. */
function catalogueEvents(committed: EventData<'CatalogueChanged'> | null): DomainEvent[] {
  const data = ownCatalogue();
  const isCommitted = committed !== null && isSameCatalogue(committed, data);
  return isCommitted ? [] : [{ stream: sealsStream, type: 'CatalogueChanged', data }];
}

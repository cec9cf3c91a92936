import {
  readCheckpoint,
  recentCheckpoints,
  sealsStream,
  type Commit,
  type EventData,
  type StoredEvent,
} from '@oakring/events';
import { clusterKey, ledgerKey, type ClusterState } from '../cluster-state.js';
import type { SeenTree } from '../evidence-records.js';

type EvidenceEvent = Extract<
  StoredEvent,
  {
    type:
      | 'CatalogueChanged'
      | 'KeyPresented'
      | 'KeyEndorsed'
      | 'KeyRevoked'
      | 'CheckpointSigned'
      | 'CheckpointStamped'
      | 'CheckpointCosigned'
      | 'LedgerSealed';
  }
>;

/** Who may speak for the log, and how far it is sealed. */
export function evolveEvidence(state: ClusterState, event: EvidenceEvent): void {
  const { stream }: { stream: string } = event;
  if (stream === sealsStream) counted(state);
  switch (event.type) {
    case 'CatalogueChanged':
      catalogueChanged(state, event.data);
      break;
    case 'KeyPresented':
      keyPresented(state, event.data, event.position);
      break;
    case 'KeyEndorsed':
    case 'KeyRevoked':
      keyJudged(state, event);
      break;
    case 'CheckpointSigned': {
      const read = readCheckpoint(event.data.note);
      if (read.status === 'checkpoint') sealed(state, read.checkpoint, event, event.data.note);
      break;
    }
    case 'CheckpointStamped':
      stamped(state, event.data, event);
      break;
    case 'CheckpointCosigned':
      cosigned(state, event.data);
      break;
    case 'LedgerSealed':
      sealed(state, event.data, event, null);
      break;
  }
}

function counted(state: ClusterState): void {
  const cluster = state.cluster.get(clusterKey);
  if (cluster === undefined) return;
  state.cluster.set(clusterKey, { ...cluster, keyEvents: cluster.keyEvents + 1 });
}

function catalogueChanged(state: ClusterState, catalogue: EventData<'CatalogueChanged'>): void {
  const cluster = state.cluster.get(clusterKey);
  if (cluster !== undefined) state.cluster.set(clusterKey, { ...cluster, catalogue });
}

/** Presented again, it is what it was. */
function keyPresented(
  state: ClusterState,
  { fingerprint, publicKey, founding }: EventData<'KeyPresented'>,
  position: number,
): void {
  const known = state.keys.get(fingerprint);
  if ((known?.publicKey ?? null) !== null) return;
  const isFounding = founding && known === undefined;
  state.keys.set(fingerprint, {
    fingerprint,
    publicKey,
    status: isFounding ? 'counts' : (known?.status ?? 'presented'),
    by: isFounding ? fingerprint : (known?.by ?? null),
    position,
    judgedAt: known?.judgedAt ?? 0,
  });
}

/** Whether it may be said is decided (`commands/decide/evidence.ts`), and checked by every auditor. */
function keyJudged(
  state: ClusterState,
  event: Extract<StoredEvent, { type: 'KeyEndorsed' | 'KeyRevoked' }>,
): void {
  const { fingerprint, by, position: judgedAt = 0 } = event.data;
  state.keys.set(fingerprint, {
    fingerprint,
    publicKey: state.keys.get(fingerprint)?.publicKey ?? null,
    status: event.type === 'KeyEndorsed' ? 'counts' : 'revoked',
    by,
    position: event.position,
    judgedAt,
  });
}

function sealed(
  state: ClusterState,
  { position, fingerprint, merkleRoot }: SeenTree & { readonly fingerprint: string },
  { position: sealedAt }: StoredEvent,
  note: string | null,
): void {
  const { trees = [], stamped = null, quiet = null } = state.seals.get(ledgerKey) ?? {};
  const isQuiet = quiet !== null && quiet.from <= position && position <= quiet.to;
  const newsAt = isQuiet ? quiet.from - 1 : position;
  state.seals.set(ledgerKey, {
    ...{ position, fingerprint, sealedAt, note, stamped, quiet },
    trees: [
      ...trees.slice(1 - recentCheckpoints),
      { position, merkleRoot, note, newsAt, cosigned: [] },
    ],
  });
}

function cosigned(
  state: ClusterState,
  { position, witness }: EventData<'CheckpointCosigned'>,
): void {
  const record = state.seals.get(ledgerKey);
  if (record === undefined) return;
  const trees = record.trees.map((tree) =>
    tree.position === position && !tree.cosigned.includes(witness)
      ? { ...tree, cosigned: [...tree.cosigned, witness] }
      : tree,
  );
  state.seals.set(ledgerKey, { ...record, trees });
}

/** Of a commit that says something about checkpoints: whether it is all that it says. */
export function restsIn(state: ClusterState, { position, streams }: Commit): void {
  const record = state.seals.get(ledgerKey);
  if (record === undefined) return;
  const from = record.quiet?.to === position - 1 ? record.quiet.from : position;
  const quiet = streams.length === 1 ? { from, to: position } : null;
  state.seals.set(ledgerKey, { ...record, quiet });
}

function stamped(
  state: ClusterState,
  { position }: EventData<'CheckpointStamped'>,
  { position: statedAt, at }: StoredEvent,
): void {
  const record = state.seals.get(ledgerKey);
  if (record === undefined) return;
  state.seals.set(ledgerKey, { ...record, stamped: { position, statedAt, at } });
}

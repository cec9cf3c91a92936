import { readCheckpoint, type EventData, type StoredEvent, sealsStream } from '@oakring/events';
import { clusterKey, ledgerKey, type ClusterState } from '../cluster-state.js';
import type { SeenTree } from '../evidence-records.js';

type EvidenceEvent = Extract<
  StoredEvent,
  {
    type:
      | 'KeyPresented'
      | 'KeyEndorsed'
      | 'KeyRevoked'
      | 'CheckpointSigned'
      | 'CheckpointStamped'
      | 'LedgerSealed';
  }
>;

/** So many trees may be named by who judges a key: he signs on another machine, and a new one comes. */
const keptTrees = 8;

/** Who may speak for the log, and how far it is sealed. */
export function evolveEvidence(state: ClusterState, event: EvidenceEvent): void {
  const { stream }: { stream: string } = event;
  if (stream === sealsStream) counted(state);
  switch (event.type) {
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
  const { trees = [], stamped = null } = state.seals.get(ledgerKey) ?? {};
  state.seals.set(ledgerKey, {
    ...{ position, fingerprint, sealedAt, note, stamped },
    trees: [...trees.slice(1 - keptTrees), { position, merkleRoot }],
  });
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

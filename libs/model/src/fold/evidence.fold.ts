import type { EventData, StoredEvent } from '@oakring/events';
import { ledgerKey, type ClusterState } from '../cluster-state.js';

type EvidenceEvent = Extract<
  StoredEvent,
  { type: 'KeyPresented' | 'KeyEndorsed' | 'KeyRevoked' | 'LedgerSealed' }
>;

/** Who may speak for the log, and how far it is sealed. */
export function evolveEvidence(state: ClusterState, event: EvidenceEvent): void {
  switch (event.type) {
    case 'KeyPresented':
      keyPresented(state, event.data, event.position);
      break;
    case 'KeyEndorsed':
    case 'KeyRevoked':
      keyJudged(state, event);
      break;
    case 'LedgerSealed':
      ledgerSealed(state, event.data, event.position);
      break;
  }
}

function keyPresented(
  state: ClusterState,
  { fingerprint, publicKey, founding }: EventData<'KeyPresented'>,
  position: number,
): void {
  const known = state.keys.get(fingerprint);
  state.keys.set(fingerprint, {
    fingerprint,
    publicKey,
    status: founding ? 'counts' : (known?.status ?? 'presented'),
    by: founding ? fingerprint : (known?.by ?? null),
    position,
  });
}

function keyJudged(
  state: ClusterState,
  event: Extract<StoredEvent, { type: 'KeyEndorsed' | 'KeyRevoked' }>,
): void {
  const { fingerprint, by } = event.data;
  state.keys.set(fingerprint, {
    fingerprint,
    publicKey: state.keys.get(fingerprint)?.publicKey ?? null,
    status: event.type === 'KeyEndorsed' ? 'counts' : 'revoked',
    by,
    position: event.position,
  });
}

function ledgerSealed(
  state: ClusterState,
  { position, fingerprint }: EventData<'LedgerSealed'>,
  sealedAt: number,
): void {
  state.seals.set(ledgerKey, { position, fingerprint, sealedAt });
}

import { Type } from 'typebox';
import { id, natural, text } from './shapes.js';

/** Stream `seals`: who may speak for this log, and where it stood. Formats: docs/ledger-format.md. */
export const evidenceEvents = {
  /** A manager shows the key that it signs with. In the founding commit it counts by that. */
  KeyPresented: Type.Object({ fingerprint: text, publicKey: text, founding: Type.Boolean() }),
  /** A key that counts vouches for another. */
  KeyEndorsed: Type.Object({ fingerprint: text, by: text, signature: text }),
  /** A key that counts says that this one counts no more, for what comes after. */
  KeyRevoked: Type.Object({ fingerprint: text, by: text, signature: text }),
  /** A signed statement of where the log stood: `position` is before this event's own. */
  LedgerSealed: Type.Object({
    clusterId: id,
    position: natural,
    hash: text,
    merkleRoot: text,
    epoch: natural,
    fingerprint: text,
    signature: text,
  }),
};

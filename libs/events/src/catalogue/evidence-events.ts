import { Type } from 'typebox';
import { id, natural, text } from './shapes.js';

const keyVerdict = Type.Object({
  fingerprint: text,
  by: text,
  signature: text,
  /** Size and root of the tree that the signer saw. Absent before 6, when it was not signed either. */
  position: Type.Optional(natural),
  merkleRoot: Type.Optional(text),
});

/** Streams `seals` and `checkpoints`: how this log is read, who may speak for it, and where it stood. Formats: docs/ledger-format.md. */
export const evidenceEvents = {
  /**
   * From here on events are of these schemas: stated by the program that opens an epoch with others than
   * were stated last. `hash`: SHA-256 of the catalogue as bundles carry it (committed-catalogue.ts).
   */
  CatalogueChanged: Type.Object({ schemaVersion: natural, hash: text }),
  /** A manager shows the key that it signs with. In the founding commit it counts by that. */
  KeyPresented: Type.Object({ fingerprint: text, publicKey: text, founding: Type.Boolean() }),
  /** A key that counts vouches for another, once. */
  KeyEndorsed: keyVerdict,
  /** A key that counts says that this one counts no more, for what comes after and for good. */
  KeyRevoked: keyVerdict,
  /**
   * A signed statement of where the log stood, before this event's own position: a C2SP checkpoint, with the
   * one signature of the log. The note is all there is, so that nothing beside it can say otherwise.
   */
  CheckpointSigned: Type.Object({ note: text }),
  /**
   * What an authority for time stamps said of the checkpoint that seals `position`: an RFC 3161 token over
   * its note, base64. `time` is the one in the token, to be read without it.
   */
  CheckpointStamped: Type.Object({
    position: natural,
    time: text,
    token: Type.String({ minLength: 1, maxLength: 65_536 }),
  }),
  /**
   * A witness says that it saw the checkpoint that seals `position` continue those before (C2SP
   * tlog-cosignature): its verifier key, and what stands after its name on a signature line of the note.
   */
  CheckpointCosigned: Type.Object({
    position: natural,
    witness: Type.String({ minLength: 1, maxLength: 1_024 }),
    signature: Type.String({ minLength: 1, maxLength: 256 }),
  }),
  /** A checkpoint in our own form: written up to schema 5. */
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

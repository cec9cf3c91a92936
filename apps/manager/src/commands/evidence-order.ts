import type { KeyStatement } from '@oakring/events';

/** What is said of the ledger itself: where it stood, and who may speak for it. */
export type EvidenceOrder =
  | {
      readonly type: 'SealLedger';
      /** A checkpoint, signed. */
      readonly note: string;
    }
  | {
      readonly type: 'StampCheckpoint';
      /** What the checkpoint seals. */
      readonly position: number;
      /** What the token says, and the token: RFC 3161, base64. It is checked by who submits it. */
      readonly time: string;
      readonly token: string;
    }
  | {
      readonly type: 'CosignCheckpoint';
      /** What the checkpoint seals. */
      readonly position: number;
      /** The witness's verifier key, and what it wrote on the note. */
      readonly witness: string;
      readonly signature: string;
    }
  | {
      readonly type: 'JudgeKey';
      readonly verdict: KeyStatement['verdict'];
      readonly fingerprint: string;
      /** Size and root of the tree that who says so saw. */
      readonly position: number;
      readonly merkleRoot: string;
      /** The key that says so. */
      readonly by: string;
      readonly signature: string;
    };

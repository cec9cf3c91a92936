import { sha256 } from '@oakring/crypto';
import { signCheckpoint } from '../../src/evidence/checkpoint.js';
import { consistencyProof, merkleRoot, rangeProof } from '../../src/evidence/merkle-tree.js';
import { signedText, type KeyStatement } from '../../src/evidence/seal.js';
import { numberedKey } from '../sample-ledger.js';

export const vectorsFile = new URL('../../vectors/vectors.json', import.meta.url);

/** What docs/ledger-format.md computes, for who writes a verifier: input and result, all in hexadecimal or base64. */
export function vectors() {
  const entries = Array.from({ length: 8 }, (_, index) => sha256(`commit ${index + 1}`));
  const [first, second] = [numberedKey(1), numberedKey(2)] as const;
  const merkleRoots = entries.map((_, index) => merkleRoot(entries.slice(0, index + 1)));
  const tree = { position: 5, merkleRoot: merkleRoots[4] ?? '' };
  const statement = (verdict: KeyStatement['verdict']) => {
    const said = { clusterId: 'c-1', verdict, fingerprint: second.fingerprint, ...tree };
    const text = signedText(said);
    return { text, by: first.publicKey, signature: first.sign(text) };
  };
  const checkpoint = { clusterId: 'c-1', hash: entries[4] ?? '', epoch: 1, keyEvents: 2, ...tree };
  return {
    entries,
    merkleRoots,
    ranges: [
      { from: 1, to: 1, size: 8 },
      { from: 3, to: 6, size: 8 },
      { from: 4, to: 4, size: 7 },
    ].map((range) => ({ ...range, proof: rangeProof(entries, range) })),
    consistency: [
      { from: 4, to: 8 },
      { from: 3, to: 7 },
      { from: 6, to: 8 },
    ].map(({ from, to }) => ({ from, to, proof: consistencyProof(entries, from, to) })),
    keys: [first, second].map(({ publicKey, fingerprint }) => ({ publicKey, fingerprint })),
    checkpoint: { note: signCheckpoint(checkpoint, first), by: first.publicKey },
    endorsement: statement('endorsed'),
    revocation: statement('revoked'),
  };
}

import { describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '../../testing/index.js';
import { readCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.js';
import { verifyCosignature } from './cosignature.js';
import { consistencyProof } from './merkle-tree.js';
import { readNote } from './signed-note.js';
import {
  readAddCheckpoint,
  witness,
  writeAddCheckpoint,
  type AddCheckpoint,
  type Witnessed,
} from './witness.js';

const [logKey, witnessKey] = [freshKey(), freshKey()];
const cosigner = { name: 'w.example', ...witnessKey };

function ledgerOf(commits: number, seals = false): SampleLedger {
  const ledger = new SampleLedger(logKey);
  ledger.work(3);
  if (seals) ledger.seal(logKey);
  ledger.work(commits - ledger.commits.length);
  return ledger;
}

/** What the log says to continue from `oldSize`. */
function asked(ledger: SampleLedger, oldSize: number, key = logKey): AddCheckpoint {
  const hashes = ledger.commits.map(({ hash }) => hash);
  const proof = oldSize === 0 ? [] : consistencyProof(hashes, oldSize, hashes.length);
  return { oldSize, proof, note: signCheckpoint(ledger.stands, key) };
}

/** A witness that saw this ledger. */
function answered(question: AddCheckpoint, seen: SampleLedger | null): Witnessed {
  const known = {
    keysOf: (id: string) => (id === 'c-1' ? [logKey.publicKey] : null),
    newest: (): Checkpoint | null => {
      const read = seen === null ? null : readCheckpoint(signCheckpoint(seen.stands, logKey));
      return read?.status === 'checkpoint' ? read.checkpoint : null;
    },
  };
  return witness(question, known, cosigner, 1_700_000_000);
}

describe('a witness', () => {
  it('cosigns what it sees first, and what continues it', () => {
    for (const seen of [null, ledgerOf(7)]) {
      const today = ledgerOf(20);
      const answer = answered(asked(today, seen === null ? 0 : 7), seen);
      if (answer.status === 'refused') throw new Error(answer.reason);
      const read = readNote(answer.note);
      if (read.status === 'refused') throw new Error(read.reason);
      expect(verifyCosignature(read.note, cosigner)).toEqual({
        status: 'cosigned',
        at: 1_700_000_000,
      });
      expect(answer.line).toMatch(/^— w\.example \S+\n$/);
      expect(answer.note.endsWith(answer.line)).toBe(true);
    }
  });

  it('cosigns the same again, and then says it once', () => {
    const seen = ledgerOf(7);
    const first = answered(asked(seen, 7), seen);
    const note = first.status === 'cosigned' ? first.note : '';
    expect(answered({ oldSize: 7, proof: [], note }, seen)).toEqual(first);
  });

  it.each<[string, number, () => AddCheckpoint]>([
    ['a fork of the same size', 409, () => asked(ledgerOf(12, true), 12)],
    ['a fork that went on', 422, () => asked(ledgerOf(20, true), 12)],
    ['a tree that is smaller than what it saw', 409, () => asked(ledgerOf(9), 9)],
    [
      'a tree before the one that it is to follow',
      400,
      () => ({ ...asked(ledgerOf(9), 0), oldSize: 12 }),
    ],
    ['what begins elsewhere than it saw', 409, () => asked(ledgerOf(20), 11)],
    ['a wrong proof', 422, () => ({ ...asked(ledgerOf(20), 12), proof: [] })],
    ['what no key of the log signed', 403, () => asked(ledgerOf(20), 12, freshKey())],
    [
      'what is no checkpoint',
      403,
      () => ({ ...asked(ledgerOf(20), 12), note: 'that I was here\n' }),
    ],
  ])('refuses %s', (_, http, question) => {
    expect(answered(question(), ledgerOf(12))).toMatchObject({ status: 'refused', http });
  });

  it('refuses a log that it does not know, and a proof where there is nothing to prove', () => {
    const stranger = asked(ledgerOf(9), 0);
    const note = signCheckpoint({ ...ledgerOf(9).stands, clusterId: 'c-2' }, logKey);
    expect(answered({ ...stranger, note }, null)).toMatchObject({ http: 404 });
    expect(answered({ ...stranger, proof: ['ab'.repeat(32)] }, null)).toMatchObject({ http: 422 });
  });

  it('is asked in a text that is read as it was written', () => {
    for (const question of [asked(ledgerOf(20), 12), asked(ledgerOf(20), 0)]) {
      expect(readAddCheckpoint(writeAddCheckpoint(question))).toEqual(question);
    }
    for (const body of [
      '',
      'old 1',
      'old x\n\nnote\n',
      'old 01\n\nnote\n',
      'old 1\nAAAA\n\nnote\n',
    ]) {
      expect(readAddCheckpoint(body)).toBeNull();
    }
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cosign,
  readCheckpoint,
  signCheckpoint,
  writeNote,
  writeVerifierKey,
} from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { ledgerKey, standing } from '@oakring/model';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const founder = freshKey();
const [ours, other] = ['w.example', 'stranger'].map((name) => ({ name, ...freshKey() }));
if (ours === undefined || other === undefined) throw new Error('two were made');
const verifierKey = writeVerifierKey(ours, 'cosignature');

let manager: TestManager;
let note: string;
beforeEach(async () => {
  const witnesses = [{ ...ours, verifierKey, objects: false }];
  manager = await startTestManager({ leaders: [founder], witnesses });
  note = signCheckpoint(standing(manager.projection.state), founder);
  await manager.submit({ type: 'SealLedger', note });
});
afterEach(() => manager.close());

function cosigned(signed: string, by: typeof ours): string {
  const read = readCheckpoint(signed);
  if (read.status === 'refused') throw new Error(read.reason);
  const { text, signatures } = read.note;
  if (by === undefined) throw new Error('nobody');
  return writeNote({ text, signatures: [...signatures, cosign(read.note, by, 1_700_000_000)] });
}

async function post(content: unknown): Promise<[number, Record<string, unknown>]> {
  const response = await manager.send('POST', '/api/v1/ledger/cosignatures', { note: content });
  return [response.status, (await response.json()) as Record<string, unknown>];
}

describe('POST /api/v1/ledger/cosignatures', () => {
  it('takes the word of a witness of ours, once however often it is brought', async () => {
    const answer = [200, { position: 1, witnesses: ['w.example'] }];
    expect(await post(cosigned(note, ours))).toEqual(answer);
    const { position } = await manager.log.head();
    expect(await post(cosigned(cosigned(note, other), ours))).toEqual(answer);
    expect(await manager.log.head()).toMatchObject({ position });
    const [tree] = manager.projection.state.seals.get(ledgerKey)?.trees ?? [];
    expect(tree?.cosigned).toEqual([verifierKey]);
    const metrics = await (await manager.get('/metrics')).text();
    expect(metrics).toContain('oakring_witness_seen_position{witness="w.example"} 1');
    expect(metrics).toContain('oakring_witness_objects{witness="w.example"} 0');
  });

  it('takes nobody else’s word', async () => {
    expect(await post(cosigned(note, other))).toMatchObject([422, { code: 'witness-unknown' }]);
    expect(await post(note)).toMatchObject([422, { code: 'witness-unknown' }]);
    const forged = { ...ours, sign: other?.sign ?? (() => '') };
    expect(await post(cosigned(note, forged))).toMatchObject([400, { code: 'signature-invalid' }]);
  });

  it('takes nothing about another ledger, and nothing that is no checkpoint', async () => {
    const elsewhere = {
      ...standing(manager.projection.state),
      position: 1,
      merkleRoot: 'ab'.repeat(32),
    };
    const fork = cosigned(signCheckpoint(elsewhere, founder), ours);
    expect(await post(fork)).toMatchObject([409, { code: 'tree-unknown' }]);
    expect(await post('x')).toMatchObject([400, { code: 'invalid-field' }]);
    expect(await post(7)).toMatchObject([400, { code: 'invalid-field' }]);
  });
});

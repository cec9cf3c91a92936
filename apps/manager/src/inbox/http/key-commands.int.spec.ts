import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeEvents, signedText, type SigningKey } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { standing } from '@oakring/model';
import { registerNode } from '../../testing/given.js';

type Json = Record<string, unknown>;
interface Keys {
  readonly clusterId: string;
  readonly tree: { readonly position: number; readonly merkleRoot: string };
  readonly items: readonly { readonly fingerprint: string; readonly status: string }[];
}

const [founder, other] = [freshKey(), freshKey()];
let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager({ leaders: [founder, other] });
});
afterEach(() => manager.close());

async function keys(): Promise<Keys> {
  return (await (await manager.get('/api/v1/ledger/keys')).json()) as Keys;
}

async function statusOf({ fingerprint }: SigningKey): Promise<string | undefined> {
  return (await keys()).items.find((key) => key.fingerprint === fingerprint)?.status;
}

async function post(path: string, body?: Json): Promise<[number, Json]> {
  const response = await manager.send('POST', `/api/v1/ledger/keys/${path}`, body);
  return [response.status, (await response.json()) as Json];
}

/** A statement of the founder at the tree that the API shows, as the command line makes it. */
async function statement(
  verdict: 'endorsed' | 'revoked',
  { fingerprint }: SigningKey,
  tree?: Keys['tree'],
): Promise<Json> {
  const { clusterId, tree: shown } = await keys();
  const said = { clusterId, verdict, fingerprint, ...(tree ?? shown) };
  const { position, merkleRoot } = said;
  return {
    by: founder.fingerprint,
    position,
    merkleRoot,
    signature: founder.sign(signedText(said)),
  };
}

describe('POST /api/v1/ledger/keys/{fingerprint}/…', () => {
  const endorse = `${other.fingerprint}/endorse`;
  const revoke = `${other.fingerprint}/revoke`;

  it('endorses and revokes a key that was presented, at the tree that the API shows', async () => {
    expect(await post(endorse, await statement('endorsed', other))).toEqual([
      200,
      { fingerprint: other.fingerprint, status: 'counts' },
    ]);
    expect((await post(revoke, await statement('revoked', other)))[0]).toBe(200);
    expect(await statusOf(other)).toBe('revoked');
  });

  it('does not make a revoked key count by the signature of an earlier endorsement', async () => {
    // Its tree is that of a checkpoint which is among the newest still.
    await post(`${freshKey().fingerprint}/revoke`);
    await post(endorse, await statement('endorsed', other));
    await post(revoke, await statement('revoked', other));
    const copied = await copiedEndorsement();
    expect(await post(endorse, copied)).toMatchObject([409, { code: 'key-judged' }]);
    const { by, signature } = copied;
    expect(await post(endorse, { by, signature })).toMatchObject([400, { code: 'invalid-field' }]);
    const { position, merkleRoot } = standing(manager.projection.state);
    const elsewhere = { ...copied, position, merkleRoot };
    expect(await post(endorse, elsewhere)).toMatchObject([400, { code: 'signature-invalid' }]);
    expect(await statusOf(other)).toBe('revoked');
  });

  it('refuses a statement at a tree that is not of this ledger, or not one of its newest', async () => {
    const { tree } = await keys();
    const stranger = await statement('endorsed', other, { ...tree, merkleRoot: 'ab'.repeat(32) });
    const toCome = await statement('endorsed', other, { ...tree, position: 99 });
    const outrun = await statement('endorsed', other);
    await manager.submit(registerNode('n1'));
    for (const body of [stranger, toCome, outrun]) {
      expect(await post(endorse, body)).toMatchObject([409, { code: 'tree-unknown' }]);
    }
  });

  it('signs itself without a body, at a checkpoint that it makes where there is none', async () => {
    const { tree, ...before } = await keys();
    expect(before).toMatchObject({ sealed: null, checkpoint: null });
    expect(await post(endorse)).toMatchObject([200, { status: 'counts' }]);
    const checkpoint = expect.stringContaining(`oakring/${before.clusterId}\n2\n`);
    expect(await keys()).toMatchObject({ sealed: 2, tree, checkpoint });
    expect(await statusOf(other)).toBe('counts');
  });

  it('takes a statement at one of the newest checkpoints, whatever was committed since', async () => {
    await post(`${freshKey().fingerprint}/revoke`);
    const body = await statement('endorsed', other);
    await manager.submit(registerNode('n1'));
    expect((await post(endorse, body))[0]).toBe(200);
  });

  it('refuses the endorsement of a key that nobody presented, and a second one', async () => {
    const stranger = freshKey();
    const body = await statement('endorsed', stranger);
    expect(await post(`${stranger.fingerprint}/endorse`, body)).toMatchObject([
      404,
      { code: 'key-unknown' },
    ]);
    await post(endorse, await statement('endorsed', other));
    expect(await post(endorse, await statement('endorsed', other))).toMatchObject([
      409,
      { code: 'key-judged' },
    ]);
  });

  it('refuses a signer that does not count', async () => {
    const body = { ...(await statement('endorsed', other)), by: other.fingerprint };
    expect(await post(endorse, body)).toMatchObject([409, { code: 'key-untrusted' }]);
  });
});

async function copiedEndorsement(): Promise<Json> {
  const commits = await manager.log.read({ from: 1, limit: 100 });
  const endorsed = commits.flatMap(decodeEvents).find(({ type }) => type === 'KeyEndorsed');
  if (endorsed?.type !== 'KeyEndorsed') throw new Error('nobody endorsed');
  const { fingerprint: _, ...said } = endorsed.data;
  return said;
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCheckpoint, signCheckpoint, verifyConsistency } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { standing } from '@oakring/model';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { registerNode } from '../../testing/given.js';

interface Tree {
  readonly position: number;
  readonly merkleRoot: string;
}

const key = freshKey();
let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager({ leaders: [key] });
});
afterEach(() => manager.close());

async function seal(): Promise<string> {
  const note = signCheckpoint(standing(manager.projection.state), key);
  await manager.submit({ type: 'SealLedger', note });
  return note;
}

async function consistency(query: string): Promise<[number, Record<string, unknown>]> {
  const response = await manager.get(`/api/v1/ledger/consistency?${query}`);
  return [response.status, (await response.json()) as Record<string, unknown>];
}

describe('GET /api/v1/ledger/checkpoint', () => {
  it('is the newest note as it was signed, and nothing before there is one', async () => {
    const none = await manager.get('/api/v1/ledger/checkpoint');
    expect([none.status, await none.json()]).toMatchObject([404, { code: 'checkpoint-unknown' }]);
    const note = await seal();
    const answer = await manager.get('/api/v1/ledger/checkpoint');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe(note);
  });
});

describe('GET /api/v1/ledger/consistency', () => {
  beforeEach(async () => {
    for (let node = 0; node < 8; node += 1) await manager.submit(registerNode(`n${node}`));
  });

  it('proves between any two sizes that the one is the beginning of the other', async () => {
    const { position: head, merkleRoot } = standing(manager.projection.state);
    expect(head).toBeGreaterThan(8);
    for (let size = 1; size <= head; size += 1) {
      const [status, answer] = await consistency(`from=${size}&to=${head}`);
      const { from, to, proof } = answer as { from: Tree; to: Tree; proof: readonly string[] };
      expect([status, to]).toEqual([200, { position: head, merkleRoot }]);
      const earlier = { size: from.position, root: from.merkleRoot };
      expect(verifyConsistency(earlier, { size: head, root: merkleRoot }, proof)).toBe(true);
    }
  });

  it('goes to the newest checkpoint where it is not said how far, and shows it', async () => {
    const note = await seal();
    await manager.submit(registerNode('later'));
    const [, answer] = await consistency('from=2');
    const read = readCheckpoint(note);
    if (read.status === 'refused') throw new Error(read.reason);
    const { clusterId, position, merkleRoot } = read.checkpoint;
    expect(answer).toMatchObject({ clusterId, to: { position, merkleRoot }, checkpoint: note });
    const [, beyond] = await consistency(`from=2&to=${position + 1}`);
    expect(beyond['checkpoint']).toBeNull();
  });

  it('refuses sizes that there are not, and says how many commits there are', async () => {
    const { position } = await manager.log.head();
    const detail = `A tree of ${position + 1} commits is asked for; the ledger has ${position}.`;
    const refusal = { code: 'position-invalid', detail };
    expect(await consistency(`from=1&to=${position + 1}`)).toMatchObject([400, refusal]);
    expect(await consistency(`from=${position + 1}`)).toMatchObject([400, refusal]);
    for (const query of ['', 'from=0', 'from=3&to=2', 'from=x']) {
      expect(await consistency(query)).toMatchObject([400, { code: 'position-invalid' }]);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import type { TokenRole } from '@oakring/contracts';
import { maxSecrets, maxSecretVersions, orderDigest, placementKey, usesOf } from '@oakring/model';
import {
  acknowledgeAll,
  beside,
  given,
  instanceOf,
  jobDocument,
  orderStops,
  plan,
  ready,
  replace,
  submitJob,
  type Given,
} from '../../testing/given.js';
import type { Command } from '../command.js';

const set = (name: string, version = 1, key = `key of ${name} ${version}`) =>
  ({ type: 'SetSecret', name, version, key, sealed: 'AAAA' }) as const;
const remove = (name: string) => ({ type: 'RemoveSecret', name }) as const;
const shredded = (name: string, ...keys: string[]) =>
  ({ type: 'RecordShredding', name, keys }) as const;
const grant = (name: string, role: TokenRole): Command => ({
  ...({ type: 'GrantToken', name, role, hash: `hash of ${name}`, nodes: null } as const),
  expiresAt: 1_700_003_600_000,
});
const named = { environment: { PASSWORD: { secret: 'db' } } };
const nodes = ready('a', { features: ['docker:secrets'] });

/** Job `j` runs with secret `db`. */
function using(): Given {
  const cluster = given(...nodes, set('db'), submitJob('j', named), plan('j', 'a'));
  acknowledgeAll(cluster);
  return cluster;
}

const givenTo = (cluster: Given, generation = 1) =>
  cluster.state.placements.get(placementKey('j', 0, generation))?.secrets;

describe('A secret', () => {
  it('is set, and belongs to who set it', () => {
    const cluster = given();
    const { types, decided } = cluster.when(set('db'), 'api/anna');
    expect(types).toEqual(['RequestRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'unauthorized' } });
    cluster.when(grant('anna', 'operator'));
    expect(cluster.when(set('db'), 'api/anna').types).toEqual(['SecretSet']);
    expect(cluster.state.secrets.get('db')).toMatchObject({
      ...{ by: 'api/anna', removed: null },
      versions: [{ version: 1, key: 'key of db 1' }],
    });
  });

  it('is not set twice, and not over what somebody else did meanwhile', () => {
    const cluster = given(set('db'));
    expect(cluster.when(set('db')).decided).toMatchObject({ refusal: { code: 'secret-exists' } });
    expect(cluster.when(set('db', 2)).types).toEqual(['SecretSet']);
    expect(cluster.when(set('db', 2)).decided).toMatchObject({
      refusal: { code: 'secret-changed', detail: expect.stringContaining('version 2') },
    });
    expect(cluster.when(set('other', 2)).decided).toMatchObject({
      refusal: { code: 'secret-unknown' },
    });
  });

  it('is removed once, and gone with its last key', () => {
    const cluster = given(set('db'), set('db', 2));
    expect(cluster.when(remove('db')).types).toEqual(['SecretRemoved']);
    expect(cluster.when(remove('db')).types).toEqual([]);
    expect(cluster.when(set('db')).decided).toMatchObject({ refusal: { code: 'secret-changed' } });
    expect(cluster.when(shredded('db', 'key of db 1')).types).toEqual(['SecretShredded']);
    expect(cluster.when(shredded('db', 'key of db 1')).types).toEqual([]);
    expect(cluster.state.secrets.get('db')?.versions).toHaveLength(1);
    cluster.when(shredded('db', 'key of db 1', 'key of db 2'));
    expect(cluster.history.at(-1)?.data).toEqual({ name: 'db', keys: ['key of db 2'] });
    expect(cluster.state.secrets.get('db')).toBeUndefined();
    expect(cluster.when(remove('db')).decided).toMatchObject({
      refusal: { code: 'secret-unknown' },
    });
    expect(cluster.when(set('db')).types).toEqual(['SecretSet']);
  });

  it('has room among so many, and for so many versions', () => {
    const full = given(...Array.from({ length: maxSecrets }, (_, at) => set(`s${at}`)));
    expect(full.when(set('one-more')).decided).toMatchObject({
      refusal: { code: 'too-many-secrets' },
    });
    const versions = Array.from({ length: maxSecretVersions }, (_, at) => set('db', at + 1));
    expect(given(...versions).when(set('db', maxSecretVersions + 1)).decided).toMatchObject({
      refusal: { code: 'too-many-secrets' },
    });
  });
});

describe('A job that names a secret', () => {
  it('is refused, on record, where it is not there', () => {
    const cluster = given();
    const { types, decided } = cluster.when(submitJob('j', named));
    expect(types).toEqual(['JobSubmissionRefused']);
    expect(decided).toMatchObject({
      refusal: { code: 'secret-missing', field: 'environment', value: 'db' },
    });
    const pulls = submitJob('j', { registryCredentials: { secret: 'hub' } });
    expect(cluster.when(pulls).decided).toMatchObject({
      refusal: { field: 'registryCredentials', value: 'hub' },
    });
  });

  it('is given the version that there is when it is ordered, and keeps it', () => {
    const cluster = using();
    const first = [{ name: 'db', version: 1, key: 'key of db 1' }];
    expect(givenTo(cluster)).toEqual(first);
    cluster.when(set('db', 2));
    expect(givenTo(cluster)).toEqual(first);
    cluster.when({ type: 'RestartJob', id: 'j' });
    replace(cluster, 'a');
    expect(givenTo(cluster, 2)).toEqual([{ name: 'db', version: 2, key: 'key of db 2' }]);
    expect([...usesOf(cluster.state, 'db')]).toEqual([
      [
        'j',
        new Map([
          [1, 1],
          [2, 1],
        ]),
      ],
    ]);
  });

  it('is told by what was ordered, which no value goes into', () => {
    const cluster = using();
    const [issued] = cluster.history.flatMap((event) =>
      event.type === 'CommandIssued' ? [event.data] : [],
    );
    const document = cluster.state.jobs.get('j')?.document ?? {};
    const secrets = givenTo(cluster) ?? [];
    expect(orderDigest(cluster.state, document, secrets)).toBe(issued?.digest);
    const others = secrets.map((each) => ({ ...each, key: 'another' }));
    expect(orderDigest(cluster.state, document, others)).not.toBe(issued?.digest);
    expect(orderDigest(cluster.state, document, [])).not.toBe(issued?.digest);
  });

  describe('that was removed since', () => {
    it('goes on as it runs, and is neither restarted, moved, updated nor begun beside', () => {
      const cluster = using();
      cluster.when(remove('db'));
      expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1 });
      const refused = { refusal: { code: 'secret-missing' } };
      expect(cluster.when({ type: 'RestartJob', id: 'j' }).decided).toMatchObject(refused);
      expect(replace(cluster, 'a').types).toEqual([]);
      expect(beside(cluster, 'a').types).toEqual([]);
      const target = { nodeId: 'a', reason: 'r', total: 1, scores: {} };
      const move = { type: 'MoveInstance', id: 'j', instance: 0, generation: 1 } as const;
      expect(cluster.when({ ...move, target, basis: null }).decided).toMatchObject(refused);
    });

    it('is not placed, whatever a scheduler says', () => {
      const cluster = given(...nodes, set('db'), submitJob('j', named), remove('db'));
      expect(cluster.when(plan('j', 'a')).decided).toEqual({ answer: { placed: 0, rejected: [] } });
      expect(cluster.history.at(-1)?.type).toBe('SecretRemoved');
    });

    it('is given nothing of one that was set anew under its name to what it was given before', () => {
      const cluster = using();
      cluster.when(remove('db'));
      cluster.when(shredded('db', 'key of db 1'));
      cluster.when(set('db', 1, 'another key'));
      expect(givenTo(cluster)).toEqual([{ name: 'db', version: 1, key: 'key of db 1' }]);
    });
  });
});

describe('Secrets of a root', () => {
  const roots = (): Given =>
    given(grant('berlin', 'root'), grant('oslo', 'root'), grant('anna', 'operator'));

  it('are its own: to another root they are not there', () => {
    const cluster = roots();
    cluster.when(set('db'), 'api/berlin');
    const unknown = { refusal: { code: 'secret-unknown' } };
    expect(cluster.when(set('db', 2), 'api/oslo').decided).toMatchObject(unknown);
    expect(cluster.when(remove('db'), 'api/oslo').decided).toMatchObject(unknown);
    expect(cluster.when(set('db'), 'api/oslo').decided).toMatchObject({
      refusal: { code: 'secret-exists' },
    });
    const job = submitJob('j', named);
    expect(cluster.when(job, 'api/oslo').decided).toMatchObject({
      refusal: { code: 'secret-missing' },
    });
    expect(cluster.when(job, 'api/berlin').types).toEqual(['JobSubmitted']);
    expect(cluster.when(set('db', 2), 'api/anna').types).toEqual(['SecretSet']);
  });

  it('are not set anew by somebody else while its job waits for them', () => {
    const cluster = roots();
    cluster.when(set('db'), 'api/berlin');
    cluster.when(submitJob('j', named), 'api/berlin');
    cluster.when(remove('db'), 'api/berlin');
    cluster.when(shredded('db', 'key of db 1'));
    const wanted = { refusal: { code: 'secret-name-wanted' } };
    expect(cluster.when(set('db'), 'api/anna').decided).toMatchObject(wanted);
    expect(cluster.when(set('db'), 'api/oslo').decided).toMatchObject(wanted);
    expect(cluster.when(set('db'), 'api/berlin').types).toEqual(['SecretSet']);
  });

  it('are not set by somebody else while its job may go back to what names them', () => {
    const cluster = roots();
    cluster.when(set('db'), 'api/berlin');
    cluster.when(submitJob('j', named), 'api/berlin');
    const update = { type: 'UpdateJob', id: 'j', ifPosition: null, bodyHash: 'h' } as const;
    cluster.when({ ...update, job: jobDocument({ id: 'j' }) }, 'api/berlin');
    cluster.when(remove('db'), 'api/berlin');
    cluster.when(shredded('db', 'key of db 1'));
    const wanted = { refusal: { code: 'secret-name-wanted' } };
    expect(cluster.when(set('db'), 'api/oslo').decided).toMatchObject(wanted);
    cluster.when({ type: 'CompleteRollout', id: 'j', revision: 2 });
    expect(cluster.when(set('db'), 'api/oslo').types).toEqual(['SecretSet']);
  });

  it('are nothing for an auditor to use, set or remove', () => {
    const cluster = given(grant('eve', 'auditor'), set('db'));
    const forbidden = { refusal: { code: 'forbidden' } };
    for (const command of [set('x'), remove('db'), submitJob('j', named)]) {
      expect(cluster.when(command, 'api/eve').decided).toMatchObject(forbidden);
    }
  });
});

describe('The order to end what was given secrets', () => {
  it('brings none', () => {
    const cluster = using();
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    const orders = cluster.history.filter(({ type }) => type === 'CommandIssued');
    expect(orders.map(({ data }) => 'secrets' in data)).toEqual([true, false]);
  });
});

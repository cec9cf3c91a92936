import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { nameOf, type JobRecord } from '@oakring/model';
import { accessOf } from '../access.js';
import { dialectContract, orders } from '../dialect.contract.js';
import type { CommandToSend, SaidKind } from '../dialect.port.js';
import { nativeDialect } from '../native/native.dialect.js';
import { oakestraDialect } from './oakestra.dialect.js';

dialectContract(oakestraDialect);

const service = {
  ...{ _id: '65f0c0ffee65f0c0ffee65f0', job_name: 'a.b.c.d', virtualization: 'runc' },
  ...{ image: 'docker.io/library/nginx:alpine', memory: 64, instance_list: [], pid: 'x' },
};
const heard = (says: SaidKind, said: unknown) =>
  oakestraDialect.up
    .find((topic) => topic.says === says)
    ?.decode('n', Buffer.from(JSON.stringify(said)));
const sent = (changes: Partial<CommandToSend>, kind: 'deploy' | 'delete' | 'move' = 'deploy') => {
  const { command, ...rest } = orders.command.said;
  const order = { ...rest, runtimes: ['docker', 'runc'], ...changes };
  const encoded = oakestraDialect.encode('n', {
    what: 'command',
    said: { ...order, command: { ...command, kind, instance: 3 } },
  });
  return encoded.ok
    ? { ...encoded.value, payload: JSON.parse(encoded.value.payload) as JsonObject }
    : encoded.refusal;
};

describe('The dialect of Oakestra’s workers', () => {
  it('hears readings, what runs, and words', () => {
    expect(heard('reading', { cpu_percent: 1, memory_percent: 2, memory: 700 })).toMatchObject({
      value: { what: 'reading', said: { cpu: 100, memory: 200 } },
    });
    const entry = { job_name: 'a.b.c.d', instance: 3, cpu_percent: {}, logs: 'x' };
    expect(heard('sighting', { services: [entry] })).toMatchObject({
      value: { what: 'sighting', said: { list: 'resources', instances: [{ name: 'a.b.c.d' }] } },
      leftOut: [{ field: 'services.0.cpu_percent' }],
    });
    expect(heard('word', { sname: 'a.b.c.d', instance: 3, status: 'DEAD' })).toMatchObject({
      value: { what: 'word', said: { name: 'a.b.c.d', instance: 3, says: 'ended' } },
    });
  });

  it('orders a root’s service by its own document, of which workers read a part', () => {
    const { instance_list, pid, ...read } = service;
    const document = { id: 'x', name: 'x', image: 'x', technology: 'x', document: service };
    expect(sent({ document })).toEqual({
      ...{ topic: 'nodes/n/control/deploy', qos: 1 },
      payload: { ...read, instance_number: 3 },
    });
    expect(sent({ document }, 'delete')).toEqual({
      ...{ topic: 'nodes/n/control/delete', qos: 1 },
      payload: { job_name: 'a.b.c.d', virtualization: 'runc', instance_number: 3 },
    });
  });

  it('orders a job of ours as a service, by the name that its worker is understood to mean', () => {
    const document = {
      ...{ id: 'web', name: 'shop', image: 'docker.io/library/nginx:alpine', technology: 'docker' },
      ...{ cmd: ['sh', '-c', 'x'], environment: { A: 1, B: 'two' } },
    };
    expect(sent({ document })).toMatchObject({
      payload: {
        ...{ _id: 'web', job_name: 'web', virtualization: 'docker', instance_number: 3 },
        ...{ cmd: ['sh', '-c', 'x'], environment: ['A=1', 'B=two'] },
      },
    });
    const record = { id: 'web', numbering: 'counted', document } as unknown as JobRecord;
    expect(nameOf(record)).toBe('web');
  });

  it('orders nothing that would harm a worker', () => {
    const document = { document: { ...service, virtualization: 'wasm' } };
    expect(sent({ document })).toMatchObject({ code: 'invalid-field', field: 'virtualization' });
    expect(sent({ document }, 'delete')).toMatchObject({ field: 'virtualization' });
    expect(sent({ document: undefined })).toMatchObject({ code: 'job-unknown' });
    expect(sent({ document: { document: service }, runtimes: [] })).toMatchObject({
      field: 'virtualization',
    });
  });

  it('has no word for what these workers know nothing of', () => {
    expect(sent({}, 'move')).toMatchObject({ code: 'topic-unknown' });
    for (const what of ['registered', 'history-accepted', 'grant', 'state-wanted'] as const) {
      expect(oakestraDialect.encode('n', orders[what])).toMatchObject({
        refusal: { code: 'topic-unknown' },
      });
    }
  });
});

describe('What its programs may do at the embedded broker', () => {
  const access = accessOf([nativeDialect, oakestraDialect], {
    dialectOf: (nodeId) => (nodeId === 'n' ? 'native' : 'oakestra'),
    hasJoined: (nodeId) => nodeId === 'joined',
  });
  // Alike whether others are asked for a credential or nobody is.
  const kinds = ['nameless', 'anyone'] as const;
  const alike = <T>(answers: readonly T[]): T => {
    expect(answers[1]).toEqual(answers[0]);
    return answers[0] as T;
  };
  const refusalOf = (topic: string, clientId: string) =>
    alike(kinds.map((is) => access.publishRefusal(topic, { is, clientId })));
  const mayPublish = (topic: string, clientId: string) => refusalOf(topic, clientId) === null;
  const mayHear = (filter: string, clientId: string) =>
    alike(kinds.map((is) => access.maySubscribe(filter, { is, clientId })));

  it('a worker speaks and listens under its own id only', () => {
    for (const kind of ['information', 'job', 'jobs/resources']) {
      expect(mayPublish(`nodes/a/${kind}`, 'a-ne')).toBe(true);
      expect(refusalOf(`nodes/a/${kind}`, 'b-ne')?.code).toBe('sender-mismatch');
    }
    for (const kind of ['deploy', 'delete']) {
      expect(mayHear(`nodes/a/control/${kind}`, 'a-ne')).toBe(true);
      expect(mayHear(`nodes/a/control/${kind}`, 'b-ne')).toBe(false);
      expect(mayPublish(`nodes/a/control/${kind}`, 'a-ne')).toBe(false);
    }
    expect(mayHear('nodes/+/control/deploy', 'a-ne')).toBe(false);
  });

  it('a native worker calls itself what it likes, and shows something', () => {
    const by = { is: 'anyone', clientId: 'anything' } as const;
    expect(access.publishRefusal('nodes/n/information', by)).toBeNull();
    expect(access.maySubscribe('nodes/n/controls', by)).toBe(true);
    const nameless = { is: 'nameless', clientId: 'n-ne' } as const;
    expect(access.publishRefusal('nodes/n/information', nameless)?.code).toBe('sender-mismatch');
  });

  it('nobody is a node that has joined by being called so', () => {
    expect(mayPublish('nodes/joined/information', 'joined-ne')).toBe(false);
    expect(mayHear('nodes/joined/control/deploy', 'joined-ne')).toBe(false);
    const own = { is: 'node', node: 'joined' } as const;
    expect(access.publishRefusal('nodes/joined/job', own)).toBeNull();
    expect(access.publishRefusal('nodes/joined/net/subnet', own)?.code).toBe('topic-unknown');
  });

  it('the network of a node asks under its id, and that of the cluster hears all and answers', () => {
    for (const kind of [
      ...['subnet', 'tablequery/request', 'service/deployed', 'service/undeployed'],
      ...['service/address-changed', 'interest/remove'],
    ]) {
      expect(mayPublish(`nodes/a/net/${kind}`, 'a')).toBe(true);
      expect(mayPublish(`nodes/a/net/${kind}`, 'b')).toBe(false);
    }
    for (const kind of ['subnetwork/result', 'tablequery/result']) {
      expect(mayHear(`nodes/a/net/${kind}`, 'a')).toBe(true);
      expect(mayHear(`nodes/a/net/${kind}`, 'b')).toBe(false);
      expect(mayPublish(`nodes/a/net/${kind}`, 'random')).toBe(true);
    }
    expect(mayHear('nodes/+/net/#', 'random')).toBe(true);
    expect(mayHear('jobs/a.b.c.d/updates_available', 'a')).toBe(true);
    expect(mayPublish('jobs/a.b.c.d/updates_available', 'random')).toBe(true);
  });

  it.each([
    'nodes/#',
    'nodes/+/#',
    '#',
    'jobs/+/updates_available/x',
    'nodes/a/net/#',
    'jobs/#',
    'jobs/+/updates_available',
  ])('nobody hears %s', (filter) => {
    expect(mayHear(filter, 'a')).toBe(false);
  });
});

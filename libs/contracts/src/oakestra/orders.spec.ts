import { describe, expect, it } from '@jest/globals';
import { deleteMessage, deployMessage } from './orders.js';

const service = {
  ...{ _id: '65f0c0ffee65f0c0ffee65f0', job_name: 'a.b.c.d', virtualization: 'docker' },
  ...{ image: 'docker.io/library/nginx:alpine', cmd: ['sh'], environment: ['K=V'] },
  ...{ port: '80:80/tcp', memory: 64, vcpus: 1, one_shot: true, privileged: false },
  ...{ arch: ['amd64'], vm_images: [], platform: 'linux', vgpus: 0, vtpus: 0, storage: 5 },
  volumes: [{ volume_id: 'v', csi_driver: 'd', mount_path: '/v', config: { size: '1' } }],
};
const runtimes = ['docker', 'runc', 'unikernel'];
const deploy = (changes: object) =>
  deployMessage({ service: { ...service, ...changes }, instance: 7, runtimes });
const wrongTypes: readonly unknown[] = [7, 1.5, -1, true, {}, 'x', [1], { a: 1 }, ['x', null], []];

describe('What is ordered to run', () => {
  it('goes out with the members that a worker reads, and its number', () => {
    expect(deploy({})).toEqual({ ok: true, value: { ...service, instance_number: 7 } });
  });

  it('goes out without what else its root says, whatever letters it is written in', () => {
    const more = { pid: 'x', MEMORY: 'x', Status: 7, instance_list: [], constraints: [], args: 1 };
    expect(deploy(more)).toEqual(deploy({}));
  });

  it('goes out without what is null', () => {
    const bare = { _id: 'i', job_name: 'a', virtualization: 'docker', image: service.image };
    const nulls = Object.fromEntries(Object.keys(service).map((name) => [name, null]));
    expect(deployMessage({ service: { ...nulls, ...bare }, instance: 0, runtimes })).toEqual({
      ok: true,
      value: { ...bare, instance_number: 0 },
    });
  });

  it('says docker where people say container', () => {
    expect(deploy({ virtualization: 'container' })).toMatchObject({
      value: { virtualization: 'docker' },
    });
  });

  it.each(
    Object.entries(service).flatMap(([name, right]) =>
      wrongTypes.filter((value) => !fitsAs(right, value)).map((value) => [name, value] as const),
    ),
  )('is refused with %s %j, which a worker would drop', (name, value) => {
    expect(deploy({ [name]: value })).toMatchObject({
      refusal: { code: 'invalid-field', field: name },
    });
  });

  it.each([
    ['volume_id', 7],
    ['csi_driver', {}],
    ['mount_path', ['x']],
    ['config', { size: 1 }],
    ['config', 'x'],
  ])('is refused with a volume whose %s is %j', (member, value) => {
    expect(deploy({ volumes: [{ ...service.volumes[0], [member]: value }] })).toMatchObject({
      refusal: { code: 'invalid-field', field: 'volumes' },
    });
  });

  it.each(['', 'Docker', 'wasm', 'crosvm', undefined, 'toString'])(
    'is refused for the runtime %j, which would end the worker',
    (virtualization) => {
      const ordered = { service: { ...service, virtualization }, instance: 7, runtimes };
      for (const refused of [deployMessage(ordered), deleteMessage(ordered)]) {
        expect(refused).toMatchObject({
          refusal: { field: 'virtualization', detail: expect.stringContaining('docker, runc') },
        });
      }
    },
  );

  it.each(['a_b', '.a', 'a..b', 'a/b', 'ä', `a${'b'.repeat(70)}`, 'a b', '', undefined])(
    'is refused for the name %j, of which no container id can be made',
    (job_name) => {
      const isPossible = job_name === 'a_b';
      expect(deploy({ job_name }).ok).toBe(isPossible);
    },
  );

  it('is refused with a number that none has', () => {
    for (const instance of [-1, 1.5, Number.NaN]) {
      expect(deployMessage({ service, instance, runtimes })).toMatchObject({
        refusal: { field: 'instance_number' },
      });
    }
  });

  it.each([
    ['docker.io/library/nginx:alpine', true],
    ['localhost/nginx:1', true],
    ['registry:5000/a/b:1', true],
    ['ghcr.io/a/b@sha256:abc123', true],
    ['nginx', false],
    ['nginx:alpine', false],
    ['library/nginx:alpine', false],
    ['docker.io/library/nginx', false],
    ['docker.io/library/nginx:', false],
    ['docker.io/a b:1', false],
    ['', false],
    [' ', false],
  ])('with the image %j goes out: %j', (image, goes) => {
    expect(deploy({ image }).ok).toBe(goes);
  });

  it('takes any image of a unikernel: addresses, one for each architecture', () => {
    const image = 'http://a/x.tar.gz,http://a/y.tar.gz';
    expect(deploy({ virtualization: 'unikernel', image }).ok).toBe(true);
    expect(deploy({ virtualization: 'unikernel', image: '' }).ok).toBe(false);
  });
});

describe('What is ordered to end', () => {
  it('is named with the runtime that it was ordered for', () => {
    const ordered = { service: { ...service, virtualization: 'runc' }, instance: 7, runtimes };
    expect(deleteMessage(ordered)).toEqual({
      ok: true,
      value: { job_name: 'a.b.c.d', virtualization: 'runc', instance_number: 7 },
    });
  });
});

/** Whether a wrong value happens to be of the type that another one of the list is of. */
function fitsAs(right: unknown, value: unknown): boolean {
  if (Array.isArray(right)) return Array.isArray(value) && value.length === 0;
  if (typeof right === 'number') return value === 7;
  // Texts that are not usable for another reason have tests of their own.
  return typeof right === typeof value;
}

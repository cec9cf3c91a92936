import { describe, expect, it } from '@jest/globals';
import { readRegistration } from './registration.js';

const body = {
  ...{ id: '', host: 'edge', ip: '10.0.0.7', port: '3000', cpu_percent: 3.5, vcpus: 4 },
  ...{ architecture: 'amd64', memory_percent: 20.1, memory: 3_000, vgpus: 0, gpu_driver: '-' },
  system_info: {
    ...{ kernel_version: '6.1', architecture: 'x86_64', os_version: 'debian 12', uptime: '7' },
    full_stats: JSON.stringify({ hostname: 'edge', hostid: 'abc', procs: 7 }),
  },
  network_info: {
    ...{ eth0: '10.0.0.7 52:54:00:AB:cd:01', lo: '00:00:00:00:00:00' },
    docker0: '172.17.0.1 02:42:ac:11:00:01',
  },
  ...{ disk_info: {}, virtualization: ['runc', 'docker'], supported_addons: ['gpu'] },
  csi_drivers: [{ csi_driver_name: 'nfs', csi_driver_endpoint: 'unix:///x' }],
  ...{ Overlay: false, OverlaySocket: '', LogDirectory: '', NetManagerPort: 0, token: 't' },
};
const read = (changes: object) => readRegistration({ ...body, ...changes }, '192.168.0.9');
const wrongTypes: readonly unknown[] = [true, {}, [7], -1, 1.5, { a: 1 }];

describe('A registration', () => {
  it('says which machine it is, what is free there and what it can do', () => {
    expect(read({})).toEqual({
      ok: true,
      value: {
        machine: { hostid: 'abc', host: 'edge', ip: '10.0.0.7', macs: ['52:54:00:ab:cd:01'] },
        ...{ port: 3_000, capacity: { cpuMillis: 4_000, memoryMiB: 3_000 } },
        ...{ architecture: 'amd64', technologies: ['docker', 'runc'] },
        ...{ addons: ['gpu'], drivers: ['nfs'], gpuDrivers: [] },
        system: { kernel_version: '6.1', os_version: 'debian 12' },
      },
    });
  });

  it('names the driver of its graphics cards, where it has some', () => {
    expect(read({ gpu_driver: '550.54' })).toMatchObject({ value: { gpuDrivers: ['550.54'] } });
  });

  it('is of where it comes from when it does not know its address', () => {
    expect(read({ ip: '' })).toMatchObject({ value: { machine: { ip: '192.168.0.9' } } });
  });

  it('is of the architecture of its system when it says none', () => {
    expect(read({ architecture: '' })).toMatchObject({ value: { architecture: 'amd64' } });
  });

  it.each(
    ['host', 'vcpus', 'memory'].flatMap((member) =>
      [...wrongTypes, null, undefined, ''].map((value) => [member, value] as const),
    ),
  )('is refused with %s %j', (member, value) => {
    expect(read({ [member]: value })).toMatchObject({
      ok: false,
      refusal: { code: 'invalid-field', field: member },
    });
  });

  it.each(
    ['ip', 'port', 'architecture', 'virtualization', 'supported_addons', 'csi_drivers', 'vgpus']
      .concat('gpu_driver')
      .flatMap((member) => wrongTypes.map((value) => [member, value] as const)),
  )('is taken without %s %j, which is named', (member, value) => {
    expect(read({ [member]: value })).toMatchObject({
      ok: true,
      leftOut: [{ code: 'invalid-field', field: expect.stringMatching(`^${member}`) }],
    });
  });

  it('is taken with all that is usable of its lists', () => {
    const virtualization = ['docker', 7, '', 'x'.repeat(200), null, 'runc'];
    const csi_drivers = [{ csi_driver_name: 'nfs' }, {}, 'nfs2', { csi_driver_name: 7 }];
    expect(read({ virtualization, csi_drivers })).toMatchObject({
      ...{ ok: true, value: { technologies: ['docker', 'runc'], drivers: ['nfs', 'nfs2'] } },
      leftOut: [1, 2, 3, 4]
        .map((at) => ({ field: `virtualization.${at}` }))
        .concat([1, 3].map((at) => ({ field: `csi_drivers.${at}.csi_driver_name` }))),
    });
  });

  it('is taken with the first ones of a list that is too long', () => {
    const virtualization = Array.from({ length: 70 }, (_each, at) => `r${at}`);
    expect(read({ virtualization })).toMatchObject({
      value: { technologies: expect.arrayContaining(['r0', 'r63']) },
      leftOut: [{ field: 'virtualization.length' }],
    });
  });

  it.each([
    ['system_info', [7]],
    ['network_info', 'x'],
    ['system_info', { full_stats: '{' }],
    ['system_info', { full_stats: 7 }],
  ])('is taken without %s %j', (member, value) => {
    expect(read({ [member]: value })).toMatchObject({ ok: true, leftOut: [{}] });
  });

  it('is taken whatever else is in it', () => {
    for (const member of ['id', 'cpu_percent', 'disk_info', 'Overlay', 'token', 'LogDirectory']) {
      for (const value of wrongTypes) expect(read({ [member]: value })).toEqual(read({}));
    }
  });
});

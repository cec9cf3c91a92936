import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { toStart } from './runtime.contract.js';
import { containerToMake, engineAddress } from './docker-container.js';

function made(more: JsonObject, resources = { cpuMillis: 500, memoryMiB: 128 }) {
  const description = { id: 'web', image: 'web', technology: 'docker', ...more };
  const address = { job: 'web', instance: 0, generation: 1 };
  return containerToMake({ ...toStart(address, description), resources }, 'w1');
}

describe('A container to be made', () => {
  it('is limited in memory, CPU, processes and what is kept of its output, and gains no privileges', () => {
    expect(made({}).body.HostConfig).toEqual({
      CpuPeriod: 100_000,
      CpuQuota: 50_000,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      Memory: 128 * 1_048_576,
      PidsLimit: 4_096,
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
    });
  });

  it('is reached at the ports that its job publishes', () => {
    const { ExposedPorts, HostConfig } = made({
      ports: ['8080:80', '127.0.0.1:5353:53/udp', { port: 80, published: 81 }],
    }).body;
    expect(ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {} });
    expect(HostConfig?.PortBindings).toEqual({
      '80/tcp': [
        { HostIp: '', HostPort: '8080' },
        { HostIp: '', HostPort: '81' },
      ],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '5353' }],
    });
  });

  it('begins in its folder, with its arguments behind its command', () => {
    const words = { cmd: ['run'], args: ['-v'], workingDirectory: '/srv' };
    expect(made(words).body).toMatchObject({ Cmd: ['run', '-v'], WorkingDir: '/srv' });
    expect(made({ args: ['-v'] }).body).toMatchObject({ Cmd: ['-v'] });
    expect(made({ user: '1000:1000' }).body).toMatchObject({ User: '1000:1000' });
  });

  it('that asks for nothing is limited as a job without resources is', () => {
    const nothing = { cpuMillis: 0, memoryMiB: 0 };
    expect(made({}, nothing).body.HostConfig).toMatchObject({
      CpuQuota: 10_000,
      Memory: 64 * 1_048_576,
    });
  });

  it.each(['bridge', 'host', 'my_net-1', undefined])('has the network %j', (network) => {
    expect(made({ network }).body.HostConfig?.NetworkMode).toBe(network);
  });

  it.each(['', 7, ['host']])('has no network %j', (network) => {
    expect(() => made({ network })).toThrow(/^network is .*no name of a network/);
  });

  it.each([
    ['web', 'web:latest'],
    ['registry.example:5000/a/b', 'registry.example:5000/a/b:latest'],
    ['a/b:1.2', 'a/b:1.2'],
    ['a@sha256:0123', 'a@sha256:0123'],
  ])('has the image %s as %s', (image, named) => {
    expect(made({ image }).body.Image).toBe(named);
  });

  it.each([
    '../containers/json',
    'a/../b',
    'a//b',
    '/a',
    'a?b=c',
    'a#b',
    'a%2fb',
    'a b',
    '',
    'a\n',
  ])('has no image %j: it would be part of a request’s path', (image) => {
    expect(() => made({ image })).toThrow(/no name of an image/);
  });
});

describe('The address of an engine', () => {
  it.each(['tcp://u:hunter2@host:2375', 'https://hunter2@host', 'ssh://u:hunter2@host'])(
    'shows no secret that was put into it: %s',
    (address) => {
      const refused: unknown = caught(() => engineAddress(address));
      expect(refused).toMatchObject({ code: 'settings-invalid', field: 'DOCKER_HOST' });
      expect(inspect(refused)).not.toContain('hunter2');
    },
  );
});

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

import { describe, expect, it } from '@jest/globals';
import { requestedOf } from '../resources/requested.js';
import { parseHealth } from './job-health.js';
import { parsePorts } from './job-ports.js';
import { parseProgram } from './job-program.js';
import { parseVolumes } from './job-volumes.js';

const port = { published: 80, port: 80, protocol: 'tcp', address: null, name: null };
const volume = { volume: null, hostPath: null, target: null, readOnly: false };

describe('A port of a job', () => {
  it.each([
    ['80', port],
    [80, port],
    [{ port: 80 }, port],
    ['8080:80', { ...port, published: 8_080 }],
    ['80/udp', { ...port, protocol: 'udp' }],
    ['127.0.0.1:8080:80', { ...port, published: 8_080, address: '127.0.0.1' }],
    ['[::1]:8080:80/udp', { ...port, published: 8_080, address: '::1', protocol: 'udp' }],
    [
      { port: 80, name: 'web' },
      { ...port, name: 'web' },
    ],
  ])('is read from %j', (given, read) => {
    expect(parsePorts({ ports: [given] })).toEqual({ ok: true, value: [read] });
  });

  it.each([
    ['http', 'ports.0'],
    ['80:http', 'ports.0'],
    [{ port: 80, published: 70_000 }, 'ports.0.published'],
    [{ port: 80, publish: 81 }, 'ports.0.publish'],
    ['80/sctp', 'ports.0.protocol'],
  ])('is refused by its place where it is %j', (given, field) => {
    expect(parsePorts({ ports: [given] })).toMatchObject({ ok: false, refusal: { field } });
  });
});

describe('A volume of a job', () => {
  it.each([
    ['data:/data', { ...volume, volume: 'data', target: '/data' }],
    ['data', { ...volume, volume: 'data' }],
    ['data:ro', { ...volume, volume: 'data', readOnly: true }],
    ['/srv/x:/data:ro', { ...volume, hostPath: '/srv/x', target: '/data', readOnly: true }],
    [
      { hostPath: '/srv/x', target: '/data' },
      { ...volume, hostPath: '/srv/x', target: '/data' },
    ],
  ])('is read from %j', (given, read) => {
    expect(parseVolumes({ volumes: [given] })).toEqual({ ok: true, value: [read] });
  });

  it.each([
    ['a:/b:/c', 'volumes.0'],
    ['data:relative', 'volumes.0.target'],
    ['/srv/../etc:/x', 'volumes.0.hostPath'],
    [{ target: '/x' }, 'volumes.0'],
    [{ volume: 'a', hostPath: '/a' }, 'volumes.0'],
  ])('is refused by its place where it is %j', (given, field) => {
    expect(parseVolumes({ volumes: [given] })).toMatchObject({ ok: false, refusal: { field } });
  });
});

describe('The health check of a job', () => {
  it('has what it leaves out', () => {
    expect(parseHealth({})).toEqual({ ok: true, value: null });
    expect(parseHealth({ health: { http: { port: 80 }, retries: 1 } })).toEqual({
      ok: true,
      value: {
        probe: { by: 'http', port: 80, path: '/' },
        ...{ intervalMs: 10_000, timeoutMs: 3_000, retries: 1, startPeriodMs: 0 },
      },
    });
  });

  it.each([
    [{}, 'health has no check'],
    [{ tcp: { port: 1 }, command: ['x'] }, 'health has command and tcp'],
    [{ tcp: { port: 1 }, interval: 5 }, 'Did you mean intervalMs?'],
    [{ tcp: { port: 0 } }, 'health.tcp.port is 0'],
    [{ tcp: { port: 1 }, timeoutMs: 60_001 }, 'health.timeoutMs is 60001'],
  ])('is refused where it is %j', (health, detail) => {
    expect(parseHealth({ health })).toMatchObject({
      ok: false,
      refusal: { detail: expect.stringContaining(detail) },
    });
  });
});

describe('The resources of a job', () => {
  it.each([
    [{ cpu: '500m' }, 500, 64],
    [{ cpu: 0.5 }, 500, 64],
    [{ cpu: '2', memory: '256Mi' }, 2_000, 256],
    [{ memory: '1Gi' }, 100, 1_024],
    [{ memory: '64M' }, 100, 62],
    [{ memory: 268_435_456 }, 100, 256],
    [{ cpu: 0.1 + 0.2, memory: '0' }, 300, 0],
    [{ cpuMillis: 250 }, 250, 64],
  ])('may be written as %j', (resources, cpuMillis, memoryMiB) => {
    expect(requestedOf({ resources })).toEqual({ ok: true, value: { cpuMillis, memoryMiB } });
  });

  it.each([
    [{ cpu: '0.0005' }, 'resources.cpu is "0.0005", not cores'],
    [{ cpu: '1 core' }, 'not cores such as'],
    [{ cpu: 1, cpuMillis: 1_000 }, 'both cpu and cpuMillis'],
    [{ memory: 256 }, '256 MiB are "256Mi"'],
    [{ memory: '1Pi' }, 'not memory such as'],
  ])('are not guessed where they are %j', (resources, detail) => {
    expect(requestedOf({ resources })).toMatchObject({
      ok: false,
      refusal: { detail: expect.stringContaining(detail) },
    });
  });
});

describe('The program of a job', () => {
  it('has what it leaves out', () => {
    const value = {
      ...{ command: null, args: null, environment: {}, secretEnvironment: {} },
      ...{ workingDirectory: null, user: null },
      ...{ pull: 'missing', registryCredentials: null },
    };
    expect(parseProgram({})).toEqual({ ok: true, value });
    expect(parseProgram({ args: ['-v'], user: 1_000, workingDirectory: '/srv' })).toEqual({
      ok: true,
      value: { ...value, args: ['-v'], user: '1000', workingDirectory: '/srv' },
    });
  });
});

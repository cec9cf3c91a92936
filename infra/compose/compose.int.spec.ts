import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const overrides = [
  'override-no-network.yml',
  'override-custom-service-manager.yml',
  'override-no-observe.yml',
];
/** Every set of overrides. */
const combinations = Array.from({ length: 2 ** overrides.length }, (_, bits) =>
  overrides.filter((_file, index) => (bits >> index) % 2 === 1),
);
const isHere = spawnSync('docker-compose', ['version']).status === 0;
if (!isHere) console.error('NOT RUN, there is no docker-compose: the compose files');

function config(files: readonly string[], env: Record<string, string> = {}) {
  const args = ['docker-compose.yml', ...files].flatMap((file) => ['-f', file]);
  const { status, stdout, stderr } = spawnSync('docker-compose', [...args, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
}

const cluster = {
  SYSTEM_MANAGER_URL: 'http://root:10000',
  CLUSTER_NAME: 'berlin',
  CLUSTER_LOCATION: '52.5,13.4,10',
  CLUSTER_SERVICE_MANAGER_ADDR: 'net',
};

(isHere ? describe : describe.skip)('the compose files', () => {
  it.each(combinations.map((files) => [files]))('are valid with %j', (files) => {
    const { status, stderr, stdout } = config(files, cluster);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('CLUSTER_NAME: berlin');
    expect(stdout).toContain('SYSTEM_MANAGER_URL: http://root:10000');
  });

  it('publish nothing beyond this machine', () => {
    const { stdout } = config([], cluster);
    const published = [...stdout.matchAll(/^ +- ([\d.]+):\d+:\d+\/tcp$/gm)].map(([, ip]) => ip);
    expect(published.length).toBeGreaterThanOrEqual(4);
    expect(new Set(published)).toEqual(new Set(['127.0.0.1']));
    expect(stdout).not.toMatch(/^ +- (0\.0\.0\.0:)?\d+:\d+(\/tcp)?$/m);
  });

  it('ask for the address of a custom service manager', () => {
    const { status, stderr } = config(['override-custom-service-manager.yml']);
    expect(status).not.toBe(0);
    expect(stderr).toContain('the host of your service manager');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

/** What of a service is looked at here. */
interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[] | Readonly<Record<string, { aliases?: readonly string[] }>>;
}

function servicesIn(file: string): Readonly<Record<string, Service>> {
  const { services: all } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
  };
  return all;
}

const services = servicesIn('docker-compose.yml');
const names = new Set([
  ...Object.keys(services),
  ...Object.values(services).flatMap(({ networks = [] }) =>
    Object.values(networks).flatMap((network) =>
      typeof network === 'string' ? [] : (network.aliases ?? []),
    ),
  ),
]);

/** Hosts of the addresses in a text, but for a container's own. */
function hostsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:http|mqtt|mongodb):\/\/([\w.-]+)/g)]
    .map(([, host = '']) => host)
    .filter((host) => host !== '127.0.0.1');
}

describe('The containers of docker-compose.yml', () => {
  it('name each other as they are called there', () => {
    const addresses = Object.values(services).flatMap(({ environment = {} }) =>
      Object.values(environment).flatMap(hostsIn),
    );
    expect(new Set(addresses)).toEqual(
      new Set(['mongodb', 'mosquitto', 'manager', 'managers', 'scheduler']),
    );
    expect(addresses.filter((host) => !names.has(host))).toEqual([]);
  });

  it('are two managers that differ in their own address alone', () => {
    const first = services['manager']?.environment ?? {};
    const second = servicesIn('override-two-managers.yml')['manager-2']?.environment ?? {};
    const differing = Object.keys(first).filter((name) => first[name] !== second[name]);
    expect(differing.filter((name) => !second[name]?.endsWith(`:-${first[name]}}`))).toEqual([
      'OAKRING_ADVERTISE_URL',
      'MY_PORT',
    ]);
  });

  it('are named as they are called there by what watches them', () => {
    const watching = ['alloy', 'grafana', 'loki', 'prometheus', 'promtail'].flatMap((folder) =>
      readdirSync(join('infra', folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(alloy|yml)$/.test(file))
        .map((file) => readFileSync(join('infra', folder, file), 'utf8')),
    );
    const watched = watching.flatMap(hostsIn);
    expect(watched).toEqual(expect.arrayContaining(['loki', 'prometheus']));
    expect(watched.filter((host) => !names.has(host))).toEqual([]);
    const scraped = watching.flatMap((text) => [...text.matchAll(/- names: \[(\w+)\]/g)]);
    expect(scraped.map(([, name = '']) => name).filter((name) => !names.has(name))).toEqual([]);
    expect(scraped.length).toBeGreaterThan(0);
  });
});

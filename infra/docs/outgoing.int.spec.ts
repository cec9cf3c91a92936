import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** What of a manager asks somebody else, and what says where: never a job, a node or a message. */
const askers: Readonly<Record<string, string>> = {
  'connection/mqtt-client.ts': 'OAKRING_MQTT_URL',
  'http/forwarding/forward-to-leader.ts': 'the address in the lease',
  'http/forwarding/tunnel.ts': 'the address in the lease',
  'root/network-component.ts': 'CLUSTER_SERVICE_MANAGER_ADDR',
  'root/network-root.ts': 'SYSTEM_MANAGER_URL',
  'scheduling/http-scheduler.ts': 'OAKRING_SCHEDULER_URL',
  'sealing/http-authority.ts': 'OAKRING_TSA_URL',
  'sealing/http-witness.ts': 'OAKRING_WITNESSES',
};

/** By what a module can begin a connection. */
const ways = [
  /(?<![.\w])fetch\(/,
  /import \{[^}]*\b(?:ask|askForBytes|exchangeBytes)\b[^}]*\} from '@oakring\/http'/,
  /import \{[^}]*\b(?:request|get|connect|createConnection)\b[^}]*\} from '(?:node:(?:http|https|net|tls)|mqtt)'/,
  /import \{[^}]*(?<!type )\b(?:WebSocket|MongoClient|request|Agent)\b[^}]*\} from '(?:ws|mongodb|undici)'/,
  /import\('@grpc\/grpc-js'\)/,
  /from '@fastify\/reply-from'/,
];

describe('What a manager asks', () => {
  const root = 'apps/manager/src';
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.spec\.ts$|(^|\/)testing\//.test(file),
  );

  it('is asked in files that docs/limits.md tells of, of addresses that whoever runs it gives', () => {
    const found = files.filter((file) => {
      const source = readFileSync(`${root}/${file}`, 'utf8');
      return ways.some((way) => way.test(source));
    });
    expect(found.sort()).toEqual(Object.keys(askers).sort());
  });

  it('is told on the page by the setting that says where', () => {
    const page = readFileSync('docs/limits.md', 'utf8');
    const settings = Object.values(askers).flatMap((word) => word.match(/[A-Z_]{6,}/g) ?? []);
    expect(settings.filter((setting) => !page.includes(setting))).toEqual([]);
  });
});

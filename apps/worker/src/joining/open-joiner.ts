import { resolve } from 'node:path';
import type { Ports } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import type { Admission } from '../connect/broker-link.js';
import type { WorkerLog } from '../worker-log.js';
import { askManager } from './ask-manager.js';
import { CredentialFile } from './credential-file.js';
import { joinWay } from './join-ways.js';
import { Joiner } from './joiner.js';
import { NodeCertificate } from './node-certificate.js';

/** Null: it shows what its settings say, which several may share. Throws `data-folder-unusable`. */
export async function openJoiner(
  options: WorkerOptions,
  registrationToken: () => string | null,
  ports: Ports,
  log: WorkerLog,
): Promise<Joiner | null> {
  const { id: node, join: way, dataFolder } = options;
  if (way === undefined) return null;
  return new Joiner({
    ...{ node, ports, log, registrationToken, way: () => joinWay(way) },
    tokenFile: way.tokenFile === null ? null : resolve(way.tokenFile),
    credential: await CredentialFile.open(dataFolder),
    manager: askManager(way.managerUrl, options),
    certificate: options.mqttUrl.startsWith('mqtts:') ? new NodeCertificate(dataFolder) : null,
  });
}

/** What is shown at the broker where nobody joins is what the settings say. */
export function admissionOf(
  joiner: Joiner | null,
  { username, password }: Pick<WorkerOptions, 'username' | 'password'>,
): Admission {
  return joiner ?? { shown: async () => ({ username, password }), refused: () => {} };
}

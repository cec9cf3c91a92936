import {
  badFinding,
  examineClock,
  examineFolder,
  examineMachine,
  examinePort,
  holderOf,
  unseenFindings,
  type Finding,
} from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { asListener, readWorkerOptions, type WorkerOptions } from './config/worker-options.js';
import { brokerTls } from './connect/broker-trust.js';
import { examineCredential } from './joining/examine-credential.js';
import { examineBroker } from './connect/examine-broker.js';
import { allowancesFinding, examineAllowed } from './allowed/examine-allowed.js';
import { examineRuntime } from './runtimes/examine-runtime.js';

const wants = { openFiles: 1_024, memoryBytes: 128 * 1_048_576 };

/** Everything that a worker with these settings needs, looked at without starting one. Nothing is changed. */
export async function examineWorker(
  env: Readonly<Record<string, string | undefined>>,
  ports: Ports,
): Promise<readonly Finding[]> {
  const looked = 'settings (environment and flags)';
  let options: WorkerOptions;
  try {
    options = readWorkerOptions(env);
  } catch (error) {
    return [
      badFinding('settings', looked, error),
      ...unseenFindings('disk', 'ports', 'broker', 'runtimes'),
      ...examineMachine(wants),
      await examineClock(),
    ];
  }
  const { id, dataFolder, runtimes, dockerHost } = options;
  const seen = `all of them can be used; the node is ${id}`;
  return [
    { part: 'settings', level: 'ok', looked, seen },
    ...(await examineFolder(dataFolder, `data folder ${dataFolder} (OAKRING_WORKER_DATA)`)),
    ...(await holderIn(dataFolder)),
    ...(await portOf(options)),
    ...(await brokerOf(options, ports)),
    ...(await Promise.all(runtimes.map((name) => examineRuntime(name, dockerHost, ports)))).flat(),
    allowancesFinding(options),
    ...(await examineAllowed(options)),
    ...examineMachine(wants),
    await examineClock(),
  ];
}

async function brokerOf(options: WorkerOptions, ports: Ports): Promise<readonly Finding[]> {
  const { id, mqttUrl: url } = options;
  const { findings, ...shown } = await examineCredential(options);
  try {
    const address = { url, ...shown, tls: () => brokerTls(options) };
    return [...findings, ...(await examineBroker(address, id, ports))];
  } catch (error) {
    return [badFinding('broker', 'whom the broker is believed by (OAKRING_TLS_CA)', error)];
  }
}

/** It is ours where whoever listens there has our data folder. */
async function portOf({ listener, dataFolder }: WorkerOptions): Promise<readonly Finding[]> {
  if (listener === undefined) return [];
  const { host, httpPort: port } = listener;
  try {
    // Its framework is large: loaded only where a worker listens.
    const { listenAddress } = await import('@oakring/http');
    const address = await listenAddress(asListener(listener));
    const data = { folder: dataFolder, setting: 'OAKRING_WORKER_DATA' };
    const place = { name: 'worker', setting: 'OAKRING_WORKER_HTTP_PORT', address, port, data };
    const answer = await holderOf(dataFolder);
    const finding = await examinePort(place, async (pid) => {
      const isOurs = answer.status === 'holder' && (pid === null || pid === answer.holder.pid);
      return isOurs ? `${answer.holder.what}, process ${answer.holder.pid}` : null;
    });
    return [finding];
  } catch (error) {
    return [badFinding('ports', `address to listen on, ${host} (OAKRING_HOST)`, error)];
  }
}

async function holderIn(folder: string): Promise<readonly Finding[]> {
  const answer = await holderOf(folder);
  if (answer.status !== 'holder') return [];
  const { what, pid } = answer.holder;
  return [
    { part: 'disk', level: 'ok', looked: `who has ${folder}`, seen: `${what}, process ${pid}` },
  ];
}

import {
  badFinding,
  examineClock,
  examineFolder,
  examineMachine,
  holderOf,
  type Finding,
} from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { readWorkerOptions, type WorkerOptions } from './config/worker-options.js';
import { examineBroker } from './connect/examine-broker.js';
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
    return [badFinding('settings', looked, error), ...examineMachine(wants), await examineClock()];
  }
  const { id, mqttUrl: url, username, password, dataFolder, runtimes, dockerHost } = options;
  const seen = `all of them can be used; the node is ${id}`;
  return [
    { part: 'settings', level: 'ok', looked, seen },
    ...(await examineFolder(dataFolder, `data folder ${dataFolder} (OAKRING_WORKER_DATA)`)),
    ...(await holderIn(dataFolder)),
    ...(await examineBroker({ url, username, password }, id, ports)),
    ...(await Promise.all(runtimes.map((name) => examineRuntime(name, dockerHost, ports)))),
    ...examineMachine(wants),
    await examineClock(),
  ];
}

async function holderIn(folder: string): Promise<readonly Finding[]> {
  const answer = await holderOf(folder);
  if (answer.status !== 'holder') return [];
  const { what, pid } = answer.holder;
  return [
    { part: 'disk', level: 'ok', looked: `who has ${folder}`, seen: `${what}, process ${pid}` },
  ];
}

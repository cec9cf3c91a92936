import { join } from 'node:path';
import { isLoopbackAddress } from '@oakring/host';
import { startWorker, type RunningWorker } from '@oakring/worker';
import type { Ports } from '@oakring/ports';
import { managerClient } from '../client/manager-client.js';
import { startCluster, type RunningCluster } from '../cluster/start-cluster.js';
import type { Service } from '../cluster/service.js';
import type { Environment, Terminal } from '../terminal.js';
import { demoJob, demoWorkers, type DemoWorker } from './cast.js';
import { tellStory } from './story.js';

const defaultFolder = 'oakring-demo';
const openWords =
  'It is open: whoever is on this machine may do everything with it, and is asked for no credential. npm start asks.';
const defaultUrl = 'http://127.0.0.1:10100';
/** Long enough to see that starting takes a moment. */
const startDelayMs = 100;

export interface DemoOptions {
  readonly env: Environment;
  readonly ports: Ports;
  readonly terminal: Terminal;
  /** How a person calls this program. */
  readonly program: string;
  /** Ends the story early. */
  readonly stopping: AbortSignal;
}

export interface RunningDemo extends Service {
  /** What to try next, and where the data is. */
  readonly closingWords: string;
}

/**
 * A cluster with three workers of ours and a job, told from its own event log as it happens.
 * Resolves at the end of the story. A step that does not come within its time fails it, with a
 * sentence that says which.
 */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { env, ports, terminal, stopping } = options;
  const settings = {
    // What happens is told by the story.
    OAKRING_LOG_LEVEL: 'warn',
    ...env,
    OAKRING_DATA: env['OAKRING_DATA'] || defaultFolder,
    ...(isHere(env) ? { OAKRING_ALLOW_OPEN: 'true' } : {}),
  };
  const cluster = await startCluster(settings, ports);
  // It is looked at once the story is over; until then the story's own timeouts speak.
  cluster.failed.catch(() => {});
  const workers: RunningWorker[] = [];
  const ended = new AbortController();
  const stop = async (): Promise<void> => {
    ended.abort();
    // As when the box is switched off: the workers have nobody to say goodbye to, and nothing moves.
    await cluster.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
  };
  try {
    terminal.out(terminal.colors.bold(cluster.readyLine));
    if (isHere(env) && !env['OAKRING_TOKEN']) terminal.out(terminal.colors.dim(openWords));
    await tellStory({
      client: managerClient({ url: cluster.url, token: env['OAKRING_TOKEN'] || null }, ports),
      positionBefore: cluster.positionBefore,
      startWorkers: async () => {
        for (const worker of demoWorkers) {
          workers.push(await startWorker(workerOptions(worker, cluster, env), ports, () => {}));
        }
      },
      terminal,
      ports,
      signal: AbortSignal.any([stopping, ended.signal]),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { failed: cluster.failed, stop, closingWords: closingWords(options, cluster) };
}

/** It is to be played with: open to whoever is on this machine, and to nobody else. */
function isHere({ OAKRING_HOST: host = '' }: Environment): boolean {
  return host === '' || host === 'localhost' || isLoopbackAddress(host);
}

function workerOptions(worker: DemoWorker, cluster: RunningCluster, env: Environment) {
  return {
    ...worker,
    name: worker.id,
    mqttUrl: cluster.mqttUrl,
    username: env['OAKRING_MQTT_USERNAME'] || null,
    password: env['OAKRING_MQTT_PASSWORD'] || null,
    dataFolder: join(cluster.dataFolder, 'workers', worker.id),
    runtimes: ['simulated'] as const,
    // Nothing is run there.
    exec: true,
    ip: '127.0.0.1',
    port: 0,
    startDelayMs,
    dockerHost: '',
  };
}

function closingWords(
  { terminal: { colors }, program }: DemoOptions,
  { url, dataFolder }: RunningCluster,
): string {
  const where = url === defaultUrl ? '' : ` --url ${url}`;
  const commands = [
    [`job show ${demoJob.id} --why`, 'where each instance is, and why there'],
    [`job move ${demoJob.id} 0 --wait`, 'the new place runs before the old one stops'],
    ['events', 'the whole story, from the first commit'],
  ].map(([command, what]) => [`  ${program} ${command}${where}`, `# ${what}`] as const);
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    '',
    colors.bold('Try, in another terminal:'),
    ...commands.map(([command, what]) => `${command.padEnd(width)}  ${colors.dim(what)}`),
    '',
    colors.dim(`The data is in ${dataFolder}; the next start finds it again. Ctrl-C ends.`),
  ].join('\n');
}

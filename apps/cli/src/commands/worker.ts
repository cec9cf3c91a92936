import { shownUrl } from '@oakring/contracts';
import { Option, type Command } from 'commander';
import { printable } from '../render/printable.js';
import { terminalOf, type Environment, type Terminal } from '../terminal.js';
import type { Surroundings } from './context.js';
import { pair } from './options.js';
import { serve } from './serve.js';

/** Flags of the worker and the variables that they stand for. */
const workerFlags: readonly (readonly [flags: string, variable: string, description: string])[] = [
  ['--id <id>', 'OAKRING_WORKER_ID', 'id of the node (default: the host name)'],
  ['--name <name>', 'OAKRING_WORKER_NAME', 'name for people (default: the id)'],
  [
    '--mqtt-url <url>',
    'OAKRING_MQTT_URL',
    'broker (default: mqtt://127.0.0.1:10003, or OAKRING_MQTT_PORT there)',
  ],
  ['--mqtt-username <name>', 'OAKRING_MQTT_USERNAME', 'user name at the broker'],
  ['--runtimes <list>', 'OAKRING_WORKER_RUNTIMES', 'process, docker, simulated (default: process)'],
  ['--cpu <millis>', 'OAKRING_WORKER_CPU', 'CPU to offer (default: what the machine has)'],
  ['--memory <MiB>', 'OAKRING_WORKER_MEMORY', 'memory to offer (default: what the machine has)'],
  ['--ip <address>', 'OAKRING_WORKER_IP', 'address to be known by (default: found out)'],
  [
    '--data <folder>',
    'OAKRING_WORKER_DATA',
    'where it remembers who it is (default: oakring-worker-<id>)',
  ],
  ['--docker-host <address>', 'DOCKER_HOST', 'socket of the engine, for the runtime docker'],
  [
    '--shared-networks <list>',
    'OAKRING_WORKER_SHARED_NETWORKS',
    'networks that jobs may share, for the runtime docker: host, container:<name> (default: none)',
  ],
];

export function addWorkerCommand(program: Command, surroundings: Surroundings): void {
  const worker = program
    .command('worker')
    .description('run our reference worker on this machine')
    .option('--label <key=value>', 'label for jobs to ask for (repeatable)', pair)
    .addHelpText(
      'after',
      `
Every option is also an environment variable, as named above. Labels: OAKRING_WORKER_LABELS=a=1,b=2.
The broker's password is read from OAKRING_MQTT_PASSWORD only.

Examples:
  oakring worker --id edge-1 --runtimes process
  oakring worker --id edge-2 --runtimes docker,process --label zone=north
  oakring worker --id play --runtimes simulated --cpu 2000 --memory 4096`,
    );
  for (const [flags, variable, description] of workerFlags) {
    worker.addOption(new Option(flags, `${description} [${variable}]`));
  }
  worker.action(async (options: WorkerFlags, command: Command) => {
    const { io, env } = surroundings;
    const terminal = terminalOf(io, env, command.optsWithGlobals<{ color: boolean }>().color);
    await runWorker(surroundings, terminal, options);
  });
}

type WorkerFlags = Readonly<Record<string, string | undefined>> & {
  readonly label?: Readonly<Record<string, string>>;
};

async function runWorker(
  surroundings: Surroundings,
  terminal: Terminal,
  flags: WorkerFlags,
): Promise<void> {
  const { env, ports } = surroundings;
  await serve(
    surroundings,
    async () => {
      const { readWorkerOptions, startWorker } = await import('@oakring/worker');
      return async () => {
        const options = readWorkerOptions(withFlags(env, flags));
        const labels = flags.label ?? options.labels;
        const running = await startWorker({ ...options, labels }, ports, (kind, text) => {
          const at = new Date(ports.clock.wallMs()).toISOString();
          terminal.out(`${terminal.colors.dim(`${at} ${kind.padEnd(12)}`)} ${printable(text)}`);
        });
        return { options, failed: running.failed, stop: () => running.stop() };
      };
    },
    ({ options: { id, mqttUrl, dataFolder } }) => {
      const place = `broker ${shownUrl(mqttUrl)} · data ${dataFolder}`;
      terminal.out(`oakring worker ${id} has started: ${place} · process ${process.pid}`);
    },
  );
}

function withFlags(env: Environment, flags: WorkerFlags): Environment {
  const merged: Record<string, string | undefined> = { ...env };
  for (const [text, variable] of workerFlags) {
    const value = flags[new Option(text).attributeName()];
    if (value !== undefined) merged[variable] = value;
  }
  return merged;
}

import { allowanceCatalogue, shownUrl, workerCatalogue } from '@oakring/contracts';
import type { Command } from 'commander';
import { addSettingFlags, environmentWithFlags, optionOf } from '../config/setting-flags.js';
import { terminalOf, type Terminal } from '../terminal.js';
import type { Surroundings } from './context.js';
import { pair } from './options.js';
import { serve } from './serve.js';
import { addWorkerInstallCommand } from './worker-install.js';

/** Labels have a flag of their own, one each; what is a manager's has the flags of that one. */
const { labels: _labels, managerPort: _port, managerData: _data, ...rest } = workerCatalogue;
export const workerSettings = Object.values(rest).map(({ variable, description, fallback }) => ({
  variable,
  fallback,
  description: `${description} [${variable}]`,
}));

const owners = Object.values(allowanceCatalogue)
  .map((setting) => optionOf(setting).long)
  .join(', ');

export function addWorkerCommand(program: Command, surroundings: Surroundings): void {
  const worker = program
    .command('worker')
    .description('run our reference worker on this machine')
    .option('--label <key=value>', 'label for jobs to ask for (repeatable)', pair)
    .addHelpText(
      'after',
      `
Every option is also an environment variable, as named above. Labels: OAKRING_WORKER_LABELS=a=1,b=2.
The broker's password is read from OAKRING_MQTT_PASSWORD only, a join token from OAKRING_WORKER_JOIN_TOKEN or a file.
A manager of this user on this machine lets it in without either (OAKRING_DATA: its data folder, OAKRING_PORT).

What jobs may ask of this machine is its owner's choice, whatever a manager orders: ${owners}.
What of it is not said is off (--exec and --last-lines say when not), and nothing else can be asked for.

Examples:
  oakring worker --id edge-1 --runtimes process
  oakring worker --id edge-2 --runtimes docker,process --label zone=north
  oakring worker --id edge-3 --manager-url https://manager.example:10100 --join-token-file join.token
  oakring worker --id play --runtimes simulated --cpu 2000 --memory 4096`,
    );
  addSettingFlags(worker, workerSettings);
  addWorkerInstallCommand(worker, surroundings);
  worker.action(async ({ label }: { readonly label?: Labels }, command: Command) => {
    const { io, env } = surroundings;
    const terminal = terminalOf(io, env, command.optsWithGlobals<{ color: boolean }>().color);
    const merged = environmentWithFlags(env, command, workerSettings);
    await runWorker({ ...surroundings, env: merged }, terminal, label);
  });
}

type Labels = Readonly<Record<string, string>>;

async function runWorker(
  surroundings: Surroundings,
  terminal: Terminal,
  given: Labels | undefined,
): Promise<void> {
  const { env, ports } = surroundings;
  await serve(
    surroundings,
    async () => {
      const { readWorkerOptions, startWorker, workerLogTo } = await import('@oakring/worker');
      const { systemLog } = await import('@oakring/log');
      const log = systemLog('worker', env);
      const start = async () => {
        const options = readWorkerOptions(env);
        const labels = given ?? options.labels;
        log.stand(() => ({ node: options.id }));
        const told = workerLogTo((kind) => log.of(kind));
        const { openTracing } = await import('@oakring/tracing');
        const { tracer, close } = await openTracing(env, 'oakring-worker', {
          timers: ports.timers,
          warn: (line) => log.of('Tracing').say('warn', line),
        });
        const running = await startWorker({ ...options, labels }, { ...ports, tracer }, told);
        return { options, failed: running.failed, stop: () => running.stop().then(close) };
      };
      return { start, say: (line) => log.of('Worker').say('info', line) };
    },
    ({ options: { id, mqttUrl, dataFolder } }) => {
      const place = `broker ${shownUrl(mqttUrl)} · data ${dataFolder}`;
      terminal.out(`oakring worker ${id} has started: ${place} · process ${process.pid}`);
    },
  );
}

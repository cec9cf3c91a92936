import { Option, type Command } from 'commander';
import { explain, OakringError, settingsCatalogue } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { processTerminal } from '../terminal.js';
import { untilSignalled } from './until-signalled.js';

type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'OAKRING_';

/** `up`, `scheduler`, `worker` and `demo`: what runs until it is told to stop. */
export function addServiceCommands(program: Command, env: Environment): void {
  addUp(program, env);
  addScheduler(program, env);
  addWorker(program, env);
  addDemo(program, env);
}

function addUp(program: Command, env: Environment): void {
  const up = program
    .command('up')
    .description('run broker, manager, scheduler and event log in this process')
    .addHelpText(
      'after',
      `
Every option is also an environment variable: --mqtt-url is OAKRING_MQTT_URL.

Examples:
  oakring up
  oakring up --data /var/lib/oakring
  oakring up --mqtt-url mqtt://127.0.0.1:1883`,
    );
  addSettings(up, Object.values(settingsCatalogue));
  up.action(async (_options, command: Command) => {
    const terminal = processTerminal(env, true);
    const { startCluster } = await import('../cluster/start-cluster.js');
    const cluster = await clearly(() => startCluster(withFlags(env, command), systemPorts()));
    terminal.out(cluster.readyLine);
    await untilSignalled(cluster);
  });
}

function addScheduler(program: Command, env: Environment): void {
  const { host, schedulerPort, managerUrl, token, allowOpen } = settingsCatalogue;
  const scheduler = program
    .command('scheduler')
    .description('run a scheduler alone, for a manager elsewhere')
    .addHelpText(
      'after',
      '\nExample:\n  oakring scheduler --manager-url http://127.0.0.1:10100 --scheduler-port 10106',
    );
  addSettings(scheduler, [host, schedulerPort, managerUrl, token, allowOpen]);
  scheduler.action(async (_options, command: Command) => {
    const terminal = processTerminal(env, true);
    const { readSchedulerSettings, startScheduler } = await import('@oakring/scheduler');
    const running = await clearly(() => {
      const settings = readSchedulerSettings(withFlags(env, command));
      return startScheduler({ ...settings, port: settings.schedulerPort, ports: systemPorts() });
    });
    terminal.out(`oakring scheduler is ready: ${running.url}`);
    await untilSignalled({ failed: never, stop: () => running.stop() });
  });
}

const workerOptions: readonly (readonly [flags: string, variable: string, description: string])[] =
  [
    ['--id <id>', 'OAKRING_WORKER_ID', 'id of the node (default: the host name)'],
    ['--name <name>', 'OAKRING_WORKER_NAME', 'name for people (default: the id)'],
    ['--mqtt-url <url>', 'OAKRING_MQTT_URL', 'broker (default: mqtt://127.0.0.1:10003)'],
    ['--mqtt-username <name>', 'OAKRING_MQTT_USERNAME', 'user name at the broker'],
    [
      '--runtimes <list>',
      'OAKRING_WORKER_RUNTIMES',
      'process, docker, simulated (default: process)',
    ],
    ['--cpu <millis>', 'OAKRING_WORKER_CPU', 'CPU to offer (default: the machine’s)'],
    ['--memory <MiB>', 'OAKRING_WORKER_MEMORY', 'memory to offer (default: the machine’s)'],
    ['--labels <list>', 'OAKRING_WORKER_LABELS', 'key=value,… for jobs to ask for'],
    ['--data <folder>', 'OAKRING_WORKER_DATA', 'where it remembers who it is'],
    ['--docker-host <address>', 'DOCKER_HOST', 'socket of the engine, for the docker runtime'],
  ];

function addWorker(program: Command, env: Environment): void {
  const worker = program
    .command('worker')
    .description('run our reference worker on this machine')
    .addHelpText(
      'after',
      `
The broker's password is read from OAKRING_MQTT_PASSWORD only.

Examples:
  oakring worker --id edge-1 --runtimes process
  oakring worker --id edge-2 --runtimes docker,process --labels zone=north`,
    );
  for (const [flags, variable, description] of workerOptions) {
    worker.addOption(new Option(flags, `${description} [${variable}]`));
  }
  worker.action(async (options: Record<string, string | undefined>) => {
    const terminal = processTerminal(env, true);
    const { readWorkerOptions, startWorker } = await import('@oakring/worker');
    const flags = workerOptions.map(([text, variable]): [string, string | undefined] => [
      variable,
      options[new Option(text).attributeName()] ?? env[variable],
    ]);
    const running = await clearly(() =>
      startWorker(
        readWorkerOptions({ ...env, ...Object.fromEntries(flags) }),
        systemPorts(),
        (kind, text) => terminal.out(`${terminal.colors.dim(kind.padEnd(12))} ${text}`),
      ),
    );
    await untilSignalled({ failed: never, stop: () => running.stop() });
  });
}

function addDemo(program: Command, env: Environment): void {
  const demo = program
    .command('demo')
    .description('a cluster with three simulated workers and a job, with the story told')
    .option('--exit', 'end after the story')
    .addHelpText('after', '\nExamples:\n  oakring demo\n  oakring demo --exit');
  addSettings(demo, Object.values(settingsCatalogue));
  demo.action(async (options: { exit?: boolean }, command: Command) => {
    const terminal = processTerminal(env, true);
    const { startDemo } = await import('../demo/start-demo.js');
    const story = await clearly(() => startDemo(withFlags(env, command), systemPorts(), terminal));
    if (options.exit === true) return story.stop();
    await untilSignalled(story);
  });
}

const never = new Promise<never>(() => {});

/** A start that fails says why in one message, not in a stack. */
async function clearly<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof OakringError)) throw error;
    const code = error.code === 'settings-invalid' ? exitCodes.usage : exitCodes.refused;
    throw new CommandFailure(explain(error), code);
  }
}

interface Named {
  readonly variable: string;
  readonly description: string;
  readonly fallback: string;
}

/** Secrets stay out of flags: a process list shows them. */
const secret = /PASSWORD|TOKEN/;

function addSettings(command: Command, settings: readonly Named[]): void {
  for (const { variable, description, fallback } of settings) {
    if (secret.test(variable)) continue;
    const usual = fallback === '' ? '' : ` (default: ${fallback})`;
    command.addOption(new Option(`--${flagOf(variable)} <value>`, `${description}${usual}`));
  }
}

function flagOf(variable: string): string {
  const name = variable.startsWith(prefix) ? variable.slice(prefix.length) : variable;
  return name.toLowerCase().replaceAll('_', '-');
}

/** The environment with what was given as flags put over it. */
function withFlags(env: Environment, command: Command): Environment {
  const merged: Record<string, string | undefined> = { ...env };
  const options = command.optsWithGlobals<Record<string, string | undefined>>();
  for (const { variable } of Object.values(settingsCatalogue)) {
    const value = options[new Option(`--${flagOf(variable)} <value>`).attributeName()];
    if (value !== undefined) merged[variable] = value;
  }
  return merged;
}

import type { Command } from 'commander';
import { settingsCatalogue } from '@oakring/contracts';
import { addSettingFlags, environmentWithFlags } from '../config/setting-flags.js';
import type { Surroundings } from './context.js';
import { serve } from './serve.js';

const { data, host, schedulerPort, managerUrl, managerToken, schedulerToken, token } =
  settingsCatalogue;
const { allowedHosts, allowOpen, logForm, logLevel } = settingsCatalogue;
const { tls, tlsCert, tlsKey, tlsCa } = settingsCatalogue;
export const schedulerSettings = [
  ...[host, schedulerPort, managerUrl, managerToken, schedulerToken, token],
  ...[allowedHosts, allowOpen, logForm, logLevel],
  {
    ...data,
    description:
      'folder of a manager on this machine, which made a token for it, and of certificates',
  },
  ...[tls, tlsCert, tlsKey, tlsCa],
];

export function addSchedulerCommand(program: Command, surroundings: Surroundings): void {
  const scheduler = program
    .command('scheduler')
    .description('run a scheduler alone, for a manager elsewhere')
    .addHelpText(
      'after',
      `
Every option is also an environment variable: --manager-url is OAKRING_MANAGER_URL. Of a manager on this machine it
finds the token that it needs; of another one OAKRING_MANAGER_TOKEN and OAKRING_SCHEDULER_TOKEN are set.

Example:
  oakring scheduler --manager-url http://127.0.0.1:10100 --scheduler-port 10106`,
    );
  addSettingFlags(scheduler, schedulerSettings);
  scheduler.action(async (_options, command: Command) => {
    const { io, env, ports } = surroundings;
    const merged = environmentWithFlags(env, command, schedulerSettings);
    await serve(
      surroundings,
      async () => {
        await import('reflect-metadata');
        const { Logger } = await import('@nestjs/common');
        const { systemLog } = await import('@oakring/log');
        const log = systemLog('scheduler', merged);
        Logger.overrideLogger(log.forNest());
        const { readSchedulerSettings, startScheduler } = await import('@oakring/scheduler');
        return {
          start: async () => {
            const read = readSchedulerSettings(merged);
            const { openTracing } = await import('@oakring/tracing');
            const { tracer, close } = await openTracing(merged, 'oakring-scheduler', {
              timers: ports.timers,
              warn: (line) => log.of('Tracing').say('warn', line),
            });
            const traced = { ...ports, tracer };
            const { schedulerPort: port } = read;
            const running = await startScheduler({
              ...{ ...read, port, ports: traced },
              certificates: read,
            });
            const stop = () => running.stop().then(close);
            return { ...running, stop, failed: new Promise<never>(() => {}) };
          },
          say: (line) => log.of('Scheduler').say('info', line),
        };
      },
      ({ url }) => io.out(`oakring scheduler is ready: ${url}`),
    );
  });
}

import type { Command } from 'commander';
import { readSettings, settingsCatalogue } from '@oakring/contracts';
import { addSettingFlags, environmentWithFlags } from '../config/setting-flags.js';
import { terminalOf } from '../terminal.js';
import type { Surroundings } from './context.js';
import { serve } from './serve.js';

// Where a command finds the manager is no setting of the manager itself.
const { url, managerUrl, ...ofCluster } = settingsCatalogue;
export const clusterSettings = Object.values(ofCluster);

export function addUpCommand(program: Command, surroundings: Surroundings): void {
  const up = program
    .command('up')
    .alias('manager')
    .description('run broker, manager, scheduler and event log in this process')
    .addHelpText(
      'after',
      `
Every option is also an environment variable: --mqtt-url is OAKRING_MQTT_URL, --cluster-name is
CLUSTER_NAME. The broker's password is read from OAKRING_MQTT_PASSWORD only.

Examples:
  oakring up
  oakring up --data /var/lib/oakring
  oakring up --mqtt-url mqtt://127.0.0.1:1883`,
    );
  addSettingFlags(up, clusterSettings);
  up.action(async (_options, command: Command) => {
    const { io, env, ports } = surroundings;
    const terminal = terminalOf(io, env, command.optsWithGlobals<{ color: boolean }>().color);
    const settings = environmentWithFlags(env, command, clusterSettings);
    // Whoever mistyped one is told at once, and not when seconds later everything is loaded.
    readSettings(ofCluster, settings);
    await serve(
      surroundings,
      async () => {
        // Loaded here, and in the other services: commands that only ask a manager start without it
        // all. Decorators leave their metadata only once the library for it is there.
        await import('reflect-metadata');
        const { startCluster } = await import('../cluster/start-cluster.js');
        const { systemLog } = await import('@oakring/log');
        const log = systemLog('oakring', settings);
        return {
          start: (stopping) => startCluster(settings, ports, { stopping, log }),
          say: (line) => log.of('Oakring').say('info', line),
        };
      },
      (cluster) => terminal.out(cluster.readyLine),
    );
  });
}

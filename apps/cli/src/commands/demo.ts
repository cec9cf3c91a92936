import type { Command } from 'commander';
import { addSettingFlags, environmentWithFlags } from '../config/setting-flags.js';
import { terminalOf } from '../terminal.js';
import type { Surroundings } from './context.js';
import { serve } from './serve.js';
import { clusterSettings } from './up.js';

export function addDemoCommand(program: Command, surroundings: Surroundings): void {
  const demo = program
    .command('demo')
    .description('a cluster with three simulated workers and a job, and the story told')
    .option('--exit', 'end after the story')
    .addHelpText(
      'after',
      `
Its data is in the folder oakring-demo, unless --data or OAKRING_DATA names another.

Examples:
  oakring demo
  oakring demo --exit
  oakring demo --port 0 --mqtt-port 0 --scheduler-port 0`,
    );
  addSettingFlags(
    demo,
    clusterSettings.map((setting) =>
      setting.variable === 'OAKRING_DATA' ? { ...setting, fallback: 'oakring-demo' } : setting,
    ),
  );
  demo.action(async (options: { exit?: boolean }, command: Command) => {
    const { io, env, ports, program: name } = surroundings;
    const terminal = terminalOf(io, env, command.optsWithGlobals<{ color: boolean }>().color);
    const settings = environmentWithFlags(env, command, clusterSettings);
    await serve(
      surroundings,
      async () => {
        await import('reflect-metadata');
        const { startDemo } = await import('../demo/start-demo.js');
        return {
          start: async (stopping) => {
            const demo = await startDemo({
              env: settings,
              ports,
              terminal,
              program: name,
              stopping,
            });
            return options.exit === true ? { ...demo, finished: Promise.resolve() } : demo;
          },
        };
      },
      ({ closingWords }) => terminal.out(closingWords),
    );
  });
}

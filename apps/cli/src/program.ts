import { Command } from 'commander';
import { addClusterCommand } from './commands/cluster.js';
import { contextFrom } from './commands/context.js';
import { addEventCommands } from './commands/events.js';
import { addJobCommands } from './commands/job.js';
import { addNodeCommands } from './commands/node.js';
import { addServiceCommands } from './commands/services.js';
import { exitCodesHelp } from './exit-codes.js';
import { softwareVersion } from './software-version.js';

const defaultUrl = 'http://127.0.0.1:10100';

/** The command line `oakring`. */
export function createProgram(env: Readonly<Record<string, string | undefined>>): Command {
  const program = new Command('oakring');
  const contextOf = contextFrom(env);
  program
    .description('A cluster orchestrator for the edge that remembers.')
    .version(softwareVersion())
    .option('--url <url>', 'the manager [OAKRING_URL]', env['OAKRING_URL'] ?? defaultUrl)
    .option('--json', 'print what the manager answers, for programs')
    .option('--no-color', 'print without colour')
    .addHelpText(
      'after',
      `${exitCodesHelp}

Examples:
  oakring up                 run a cluster in this process
  oakring demo               the same with workers, a job and the story
  oakring cluster            what there is
  oakring events --follow    what happens`,
    )
    .showSuggestionAfterError()
    .exitOverride();
  program.hook('preAction', (_program, command) => {
    if (env['OAKRING_TOKEN'] !== undefined) command.setOptionValue('token', env['OAKRING_TOKEN']);
  });
  addServiceCommands(program, env);
  addClusterCommand(program, contextOf);
  addNodeCommands(program, contextOf);
  addJobCommands(program, contextOf);
  addEventCommands(program, contextOf);
  return program;
}

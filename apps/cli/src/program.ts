import { Command, Option } from 'commander';
import { addAuditCommands } from './commands/audit/audit.js';
import { addBackupCommands } from './commands/backup/commands.js';
import { addCompletionCommand } from './completion/command.js';
import { addCertsCommands } from './commands/certs/certs.js';
import { addSecretCommands } from './commands/secret.js';
import { addTokenCommands } from './commands/token.js';
import { addTopCommand } from './commands/top.js';
import { addClusterCommand } from './commands/cluster.js';
import type { Surroundings } from './commands/context.js';
import { addContextCommands } from './commands/contexts.js';
import { addDeadLettersCommand } from './commands/dead-letters.js';
import { addDecisionCommands } from './commands/decision.js';
import { addDemoCommand } from './commands/demo.js';
import { addDiffCommand } from './commands/diff.js';
import { addDoctorCommands } from './commands/doctor.js';
import { addEventsCommand } from './commands/events.js';
import { addImportCommand } from './commands/imports/import.js';
import { addJobCommands } from './commands/job.js';
import { addNodeCommands } from './commands/node.js';
import { addRootCommands } from './commands/root.js';
import { addSchedulerCommand } from './commands/scheduler.js';
import { addUpCommand } from './commands/up.js';
import { addWorkerCommand } from './commands/worker.js';
import { exitCodesHelp } from './exit-codes.js';
import { softwareVersion } from '@oakring/host';
import { Documents, formatOf, outputFormats, type OutputOptions } from './output.js';

const moreHelp = `
Options of every command: oakring --help. Words such as position and generation: ARCHITECTURE.md#words`;

/** The command line `oakring`. Errors of usage are told and thrown as commander's. */
export function createProgram(given: Omit<Surroundings, 'documents'>): Command {
  const surroundings: Surroundings = { ...given, documents: new Documents() };
  const { io, documents } = surroundings;
  const program = new Command('oakring');
  program.hook('preAction', (_program, called) =>
    documents.prepare(formatOf(called.optsWithGlobals<OutputOptions>())),
  );
  program
    // Commands made below inherit these three.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.error(text.trimEnd()),
    })
    .description('A cluster orchestrator for the edge that remembers.')
    .version(softwareVersion(), '-V, --version', 'print the version')
    .option('--url <url>', 'the manager [OAKRING_URL] (default: http://127.0.0.1:10100)')
    .option('--token <token>', 'bearer token; rather by [OAKRING_TOKEN], which is not listed by ps')
    .option('--token-file <path>', 'a file with the token')
    .option('--ca-file <path>', 'certificates by which the manager is believed [OAKRING_TLS_CA]')
    .addOption(
      new Option('-o, --output <format>', 'as documents, only the ids, or more columns')
        .choices(outputFormats)
        .conflicts('json'),
    )
    .option('--context <name>', 'the cluster of this name [OAKRING_CONTEXT]; see oakring context')
    .option('--json', 'the same as -o json: what the manager answers, for programs')
    .option('--no-color', 'print without colour [NO_COLOR]')
    .addHelpText(
      'after',
      `${exitCodesHelp}

Examples:
  oakring up                 run a cluster in this process
  oakring demo               the same with workers, a job and the story
  oakring cluster            what there is
  oakring events --follow    what happens`,
    )
    .addHelpText('afterAll', ({ command }) => (command === program ? '' : moreHelp))
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)');
  addUpCommand(program, surroundings);
  addSchedulerCommand(program, surroundings);
  addWorkerCommand(program, surroundings);
  addDemoCommand(program, surroundings);
  addDoctorCommands(program, surroundings);
  addClusterCommand(program, surroundings);
  addNodeCommands(program, surroundings);
  addJobCommands(program, surroundings);
  addTopCommand(program, surroundings);
  addDecisionCommands(program, surroundings);
  addEventsCommand(program, surroundings);
  addDiffCommand(program, surroundings);
  addAuditCommands(program, surroundings);
  addBackupCommands(program, surroundings);
  addDeadLettersCommand(program, surroundings);
  addImportCommand(program, surroundings);
  addRootCommands(program, surroundings);
  addTokenCommands(program, surroundings);
  addCertsCommands(program, surroundings);
  addSecretCommands(program, surroundings);
  addContextCommands(program, surroundings);
  addCompletionCommand(program, surroundings);
  addHelpCommand(program);
  return program;
}

/** Commander's own `help` looks at its first word only: `help job run` would show the page of `job`. */
function addHelpCommand(program: Command): void {
  // Last: commands made before have inherited that they have one of their own.
  program
    .helpCommand(false)
    .command('help [command...]')
    .description('show the help of a command')
    .action((words: readonly string[]) => {
      let shown = program;
      for (const word of words) {
        const next = shown.commands.find((command) => command.name() === word);
        if (next === undefined) shown.error(`error: unknown command '${word}'`);
        else shown = next;
      }
      shown.help();
    });
}

import { Argument, type Command } from 'commander';
import type { Surroundings } from '../commands/context.js';
import { completionScript, shells, type Shell } from './scripts.js';

export function addCompletionCommand(program: Command, { io, program: name }: Surroundings): void {
  program
    .command('completion')
    .description('print what a shell needs to complete commands, options and names')
    .addArgument(new Argument('<shell>', 'yours').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  oakring completion bash >> ~/.bashrc
  oakring completion zsh > "\${fpath[1]}/_oakring"
  oakring completion fish > ~/.config/fish/completions/oakring.fish`,
    )
    .action((shell: Shell) => io.out(completionScript(shell, name)));
}

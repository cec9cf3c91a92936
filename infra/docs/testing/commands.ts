import { simulatedPorts } from '@oakring/ports';
import type { Command } from 'commander';
import { addAuditSubcommands } from '../../../apps/cli/src/commands/audit/subcommands.js';
import { Documents } from '../../../apps/cli/src/output.js';
import { createProgram } from '../../../apps/cli/src/program.js';

const io = { out: () => {}, error: () => {} };
const surroundings = {
  ...{ io: io as never, env: {}, ports: simulatedPorts(), afterDashes: [], program: 'oakring' },
  documents: new Documents(),
};
const program = createProgram(surroundings);
// These are loaded when one is called.
const audit = program.commands.find((command) => command.name() === 'audit');
if (audit !== undefined) addAuditSubcommands(audit, surroundings);

/** What is wrong with `oakring …` as it stands there; null: nothing. */
export function commandProblem(line: string): string | null {
  const [, ...words] = line.split(/ +/);
  let command: Command = program;
  for (;;) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined) break;
    words.shift();
    command = next;
  }
  const options = [...command.options, ...program.options];
  const named = words.filter((word) => /^--./.test(word));
  const unknown = named.filter((word) => !options.some(({ long }) => long === word));
  if (command === program && unknown.length === named.length) return `no command: ${line}`;
  const values = options.filter(({ long, required }) => required && named.includes(long ?? ''));
  const left = words.length - named.length - values.length;
  const wanted = command.registeredArguments;
  const least = wanted.filter(({ required }) => required).length;
  if (unknown.length > 0) return `no option ${unknown.join(', ')}: ${line}`;
  // In a sentence it may be named without what it is about.
  return left > wanted.length || (left > 0 && left < least) ? `${left} arguments: ${line}` : null;
}

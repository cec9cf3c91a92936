import type { Argument, Command, Option } from 'commander';

/** What may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly says: string;
}

/** Of whom names are asked for. */
export type Kind = 'job' | 'node' | 'context';

export type Wanted =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'names'; readonly of: Kind }
  /** A path, a number, a text: the shell may know. */
  | { readonly kind: 'nothing' };

const nothing: Wanted = { kind: 'nothing' };

/** The command that the words lead to, without the one that is being written. */
export function commandOf(program: Command, words: readonly string[]): Command {
  return walk(program, words).command;
}

/** What is wanted behind these words, of which the last is being written. */
export function wantedBehind(program: Command, words: readonly string[]): Wanted {
  const current = words.at(-1) ?? '';
  const { command, open, given } = walk(program, words);
  if (open !== null) return valuesOf(open);
  if (current.startsWith('-')) {
    const options = [...new Set([...command.options, ...program.options])].filter(
      (each) => !each.hidden,
    );
    const candidates = options.flatMap(({ long, description }) =>
      long === undefined || long === null ? [] : [{ word: long, says: description }],
    );
    return {
      kind: 'words',
      candidates: [...candidates, { word: '--help', says: 'how it is used' }],
    };
  }
  const below = command.createHelp().visibleCommands(command);
  if (below.length > 0 && given === 0) {
    const candidates = below.map((each) => ({ word: each.name(), says: each.description() }));
    return { kind: 'words', candidates };
  }
  const args = command.registeredArguments;
  const last = args.at(-1);
  const argument = args[given] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? nothing : argumentOf(argument, command);
}

interface Walked {
  readonly command: Command;
  /** The option whose value is being written. */
  readonly open: Option | null;
  /** Arguments before the one that is. */
  readonly given: number;
}

function walk(program: Command, words: readonly string[]): Walked {
  let command = program;
  let open: Option | null = null;
  let given = 0;
  for (const word of words.slice(0, -1)) {
    if (open !== null) {
      open = null;
    } else if (word.startsWith('-')) {
      const option = [...command.options, ...program.options].find(
        ({ short, long }) => short === word || long === word,
      );
      open = option !== undefined && (option.required || option.optional) ? option : null;
    } else {
      const next = command.commands.find(
        (each) => each.name() === word || each.aliases().includes(word),
      );
      if (next === undefined || given > 0) given += 1;
      else command = next;
    }
  }
  return { command, open, given };
}

function valuesOf({ argChoices, long }: Option): Wanted {
  if (argChoices !== undefined) return choice(argChoices);
  if (long === '--context') return { kind: 'names', of: 'context' };
  // `--to` of a move; that of a range takes a moment.
  return long === '--node' ? { kind: 'names', of: 'node' } : nothing;
}

function argumentOf(argument: Argument, command: Command): Wanted {
  if (argument.argChoices !== undefined) return choice(argument.argChoices);
  const name = argument.name().replace(/s$/, '');
  // Of `job …` and `node …` what has no other name is one of them.
  const kind = name === 'id' ? command.parent?.name() : name;
  if (kind === 'job' || kind === 'node' || kind === 'context') return { kind: 'names', of: kind };
  return nothing;
}

function choice(words: readonly string[]): Wanted {
  return { kind: 'words', candidates: words.map((word) => ({ word, says: '' })) };
}

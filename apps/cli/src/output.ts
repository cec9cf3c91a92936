import { CommandFailure, exitCodes } from './exit-codes.js';

/** What `-o` may say; without it a person reads. */
export const outputFormats = ['json', 'yaml', 'name', 'wide'] as const;
type Named = (typeof outputFormats)[number];
export type OutputFormat = 'people' | Named;

export interface OutputOptions {
  readonly output?: Named;
  /** Another spelling of `-o json`. */
  readonly json?: boolean;
}

export function formatOf({ output, json }: OutputOptions): OutputFormat {
  return output ?? (json === true ? 'json' : 'people');
}

/** Answers as documents for programs. */
export class Documents {
  private yaml: ((value: unknown) => string) | null = null;

  /** To be waited for before the first is written: what YAML takes is loaded for those who ask for it. */
  async prepare(format: OutputFormat): Promise<void> {
    if (format !== 'yaml' || this.yaml !== null) return;
    const { stringify } = await import('./yaml.js');
    // Long texts stay on a line, and nothing is said by a reference.
    this.yaml = (value) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  }

  /** One of many: a line of JSON, or a document of a stream of YAML. */
  line(answer: unknown, format: OutputFormat): string {
    if (format === 'yaml') return `---\n${this.write(answer, format)}`;
    return format === 'name' ? this.write(answer, format) : JSON.stringify(answer);
  }

  write(answer: unknown, format: OutputFormat): string {
    switch (format) {
      case 'name':
        return namesIn(answer).join('\n');
      case 'yaml':
        // JSON is YAML as well.
        return this.yaml?.(answer).trimEnd() ?? JSON.stringify(answer, null, 2);
      case 'json':
      case 'people':
      case 'wide':
        return JSON.stringify(answer, null, 2);
    }
  }
}

type Members = Readonly<Record<string, unknown>>;

/** What `-o name` prints: the id of an answer, or of each in its list; the name of what has no id. */
function namesIn(answer: unknown): readonly string[] {
  if (isMembers(answer)) {
    const { items } = answer;
    const all = Array.isArray(items) ? items.filter(isMembers) : [answer];
    const named = all.map(({ id, name }) => id ?? name);
    if (named.every((name) => typeof name === 'string')) return named;
  }
  const what = 'What this command answers has no names: ask for -o json or yaml.';
  throw new CommandFailure(what, exitCodes.usage);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import pc from 'picocolors';

/** Where a command writes, and what it may use there. */
export interface Terminal {
  /** Writes to standard output; a line end is added. */
  out(line: string): void;
  /** Writes to standard error. */
  error(line: string): void;
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly isInteractive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function processTerminal(
  env: Readonly<Record<string, string | undefined>>,
  wantsColor: boolean,
): Terminal {
  const isInteractive = process.stdout.isTTY === true;
  const hasColor = wantsColor && env['NO_COLOR'] === undefined && isInteractive;
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    colors: pc.createColors(hasColor || env['FORCE_COLOR'] !== undefined),
    isInteractive,
    env,
  };
}

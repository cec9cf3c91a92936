/** What the command line ends with. Scripts rely on it: never renumber. */
export const exitCodes = {
  done: 0,
  /** The cluster refused, or something failed. */
  refused: 1,
  /** The command or a setting is wrong. */
  usage: 2,
  /** The manager cannot be reached. */
  unreachable: 3,
  /** `--wait` waited long enough. */
  timedOut: 4,
  /** `audit verify --trust`, `--witness`, `--tsa-ca`: whole, but what is newest is not sealed, witnessed or stamped yet. */
  unsealedTail: 5,
  /** `doctor`: nothing that stops a start or breaks a promise, and something that wants a look. */
  wantsALook: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Of `job exec`, which ends with the code of the command it ran. */
export const execExitCodes = {
  /** It was not run: refused, or no manager answers. */
  notRun: 125,
  /** What it went over broke while it ran. */
  lost: 255,
} as const;

export const exitCodesHelp = `
Exit codes:
  0  done
  1  refused by the cluster, or failed
  2  wrong usage or settings
  3  the manager cannot be reached
  4  --wait timed out
  5  whole, but what is newest is not sealed, witnessed or stamped (audit verify)
  6  it runs, and something wants a look (doctor)`;

/** Ends a command with a message for the person, and a code for the program. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}

/** Ends with the code of a command that ran elsewhere, or with why there is none: `because` is told then. */
export class CommandExit extends Error {
  constructor(
    readonly exitCode: number,
    readonly because: Error | null = null,
  ) {
    super(`It ended with exit code ${exitCode}.`);
    this.name = 'CommandExit';
  }
}

/** Ends at once, as it was told to by a signal: what could not be written yet is waited for by nobody. */
export class CommandLeft extends Error {
  constructor(readonly exitCode: number) {
    super(`It was told to end (${exitCode}).`);
    this.name = 'CommandLeft';
  }
}

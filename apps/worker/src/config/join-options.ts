/** Where a worker may be let in. */
export interface JoinOptions {
  readonly managerUrl: string;
  /** A join token; null: see `tokenFile`. */
  readonly token: string | null;
  /** File of one, read whenever it is needed; null: there is none. */
  readonly tokenFile: string | null;
  /** Data folder of a manager of this machine, whose credentials this user may read; '': the usual ones. */
  readonly managerData: string;
}

export interface BackupOptions {
  readonly to: string;
  readonly telemetry?: boolean;
  /** Keys are there. */
  readonly data?: string;
  readonly store?: string;
  readonly passphraseFile?: string;
  /** Commander's name of `--without-keys`. */
  readonly withoutKeys?: boolean;
}

export interface RestoreOptions {
  readonly from: string;
  readonly telemetry?: boolean;
  readonly data?: string;
  readonly store?: string;
  readonly passphraseFile?: string;
  /** Commander's name of `--without-keys`. */
  readonly withoutKeys?: boolean;
}

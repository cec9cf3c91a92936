import type { Readable, Writable } from 'node:stream';

/** The streams of a process, or those that a test has in their place. */
export interface Streams {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    readonly fd?: number;
    setRawMode?(isRaw: boolean): unknown;
  };
  readonly stdout: Writable & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

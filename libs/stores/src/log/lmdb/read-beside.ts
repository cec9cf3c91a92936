import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Meta, Tree } from '../../lmdb/pages.js';
import type { FoundIndex } from './stream-index.js';

export interface IndexToRead {
  /** Open in this process, and longer than the reading takes. */
  readonly file: number;
  /** As it was when the reading of commits began: what was written since is not looked at. */
  readonly meta: Meta;
  readonly tree: Tree;
}

export interface IndexReading {
  /** Throws when the thread broke: that says nothing about the index. */
  found(): Promise<FoundIndex>;
  /** The file may be closed then. */
  end(): Promise<void>;
}

/** Reads an index on a thread of its own, at once. `execArgv`: how that runs; as this process, if not said. */
export function readBeside(index: IndexToRead, execArgv?: readonly string[]): IndexReading {
  const { url } = import.meta;
  const thread = new Worker(new URL(`./index-thread${extname(url)}`, url), {
    workerData: index,
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
  const found = new Promise<FoundIndex>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', (error) => reject(broken(String(error), error)));
    thread.once('exit', (code) => reject(broken(`it ended with ${code}`)));
  });
  // Nobody may be asking: the commits were damaged, or are looked at still.
  found.catch(() => {});
  return {
    found: () => found,
    async end() {
      await thread.terminate();
    },
  };
}

function broken(reason: string, cause?: unknown): Error {
  const detail = `The thread that reads the index of streams broke, which says nothing about the ledger: ${reason}. Verify it again.`;
  return new Error(detail, { cause });
}

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, OakringError } from '@oakring/contracts';

/** The folder is the worker's alone: the token in it proves who it is. */
const folderMode = 0o700;
const fileMode = 0o600;

/**
 * What a worker remembers across its own restarts: how often it started, and the token that proves
 * it is the same worker.
 */
export class WorkerData {
  private constructor(
    private readonly folder: string,
    /** Number of this start, from 1. */
    readonly incarnation: number,
    private newestToken: string | null,
  ) {}

  /**
   * Counts this start, durably, before anything is said to anyone. Throws `data-folder-unusable`
   * and changes nothing when the folder cannot be used or what is in it is not ours.
   */
  static async open(folder: string): Promise<WorkerData> {
    try {
      await mkdir(folder, { recursive: true, mode: folderMode });
      const incarnation = (await lastIncarnation(folder)) + 1;
      await replaceDurably(folder, 'incarnation', String(incarnation));
      return new WorkerData(folder, incarnation, await readIfThere(join(folder, 'token')));
    } catch (error) {
      if (error instanceof OakringError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw unusable(
        folder,
        `The worker's data folder ${folder} cannot be used: ${reason}.`,
        error,
      );
    }
  }

  get token(): string | null {
    return this.newestToken;
  }

  async keepToken(token: string): Promise<void> {
    if (token === this.newestToken) return;
    this.newestToken = token;
    await replaceDurably(this.folder, 'token', token);
  }
}

/** A number lost would make every later start look like an old one: never guessed. */
async function lastIncarnation(folder: string): Promise<number> {
  const path = join(folder, 'incarnation');
  const text = (await readIfThere(path)) ?? '0';
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number + 1)) return number;
  const shown = JSON.stringify(text.slice(0, 40));
  const remedy = 'Write the number of the last start into it, or use an empty folder.';
  throw unusable(folder, `${path} holds ${shown}, not the number of a start. ${remedy}`, null);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return null;
    throw error;
  }
}

/** Written beside, synced, renamed, the folder synced: a crash leaves the old or the new content. */
async function replaceDurably(folder: string, name: string, content: string): Promise<void> {
  const path = join(folder, name);
  const beside = `${path}.new`;
  const file = await open(beside, 'w', fileMode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

function unusable(folder: string, detail: string, cause: unknown): OakringError {
  return new OakringError(
    { code: 'data-folder-unusable', detail, field: 'OAKRING_WORKER_DATA', value: folder },
    { cause },
  );
}

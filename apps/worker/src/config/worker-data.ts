import {
  nothingRemembered,
  type Remembered,
  type WorkerStore,
} from '../memory/worker-store.port.js';
import { rememberedOf } from '../memory/parse-remembered.js';
import { SealedMemory } from '../memory/sealed-memory.js';
import { replaceDurably } from '../memory/replace-durably.js';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText, isObject, OakringError } from '@oakring/contracts';
import { lockFolder, type FolderLock } from '@oakring/host';

/**
 * What a worker remembers across its own restarts: how often it started, and the token that proves
 * it is the same worker.
 */
export class WorkerData implements WorkerStore {
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  private constructor(
    private readonly folder: string,
    private readonly lock: FolderLock,
    private number: number,
    private newestToken: string | null,
    private isYielding: boolean,
    private readonly memory: SealedMemory,
    readonly remembered: Remembered,
  ) {}

  /**
   * Takes the folder and counts this start, durably, before anything is said to anyone. Throws
   * `data-folder-in-use` naming the holder, `data-folder-open`, or `data-folder-unusable` when the folder cannot be used
   * or what is in it is not ours; nothing is changed then.
   */
  static async open(folder: string, what: string): Promise<WorkerData> {
    let lock: FolderLock | null = null;
    try {
      lock = await lockFolder(folder, { pid: process.pid, what });
      const incarnation = (await lastIncarnation(folder)) + 1;
      const memory = await SealedMemory.open(folder);
      const remembered = memory.opened(await readMemory(folder));
      await replaceDurably(folder, 'incarnation', String(incarnation));
      const token = await readIfThere(join(folder, 'token'));
      const yields = (await readIfThere(join(folder, yieldsFile))) !== null;
      return new WorkerData(folder, lock, incarnation, token, yields, memory, remembered);
    } catch (error) {
      await lock?.release();
      if (error instanceof OakringError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw unusable(
        folder,
        `The worker's data folder ${folder} cannot be used: ${reason}.`,
        error,
      );
    }
  }

  /** Number of this start, from 1. */
  get incarnation(): number {
    return this.number;
  }

  async renumber(to: number): Promise<void> {
    await replaceDurably(this.folder, 'incarnation', String(to));
    this.number = to;
  }

  get yields(): boolean {
    return this.isYielding;
  }

  async keepYields(yields: boolean): Promise<void> {
    if (yields === this.isYielding) return;
    this.isYielding = yields;
    if (yields) await replaceDurably(this.folder, yieldsFile, `to a newer start\n`);
    else await rm(join(this.folder, yieldsFile), { force: true });
  }

  /** Lets go of the folder. */
  close(): Promise<void> {
    return this.lock.release();
  }

  get token(): string | null {
    return this.newestToken;
  }

  async keepToken(token: string): Promise<void> {
    if (token === this.newestToken) return;
    this.newestToken = token;
    await replaceDurably(this.folder, 'token', token);
  }

  /** One write at a time; all who wait for the next share it. */
  remember(take: () => Remembered): Promise<void> {
    this.next ??= this.writing
      .catch(() => {
        // Whoever waited for that one was told.
      })
      .then(() => {
        this.next = null;
        this.writing = this.write(take());
        return this.writing;
      });
    return this.next;
  }

  private async write(remembered: Remembered): Promise<void> {
    await replaceDurably(this.folder, memoryFile, await this.memory.textOf(remembered));
  }
}

const memoryFile = 'memory.json';
const yieldsFile = 'yields';

async function readMemory(folder: string): Promise<Remembered> {
  const path = join(folder, memoryFile);
  const text = await readIfThere(path);
  if (text === null) return nothingRemembered;
  const memory = rememberedOf(text);
  if (memory !== null) return memory;
  const remedy = 'Remove the file to start with no instances, or use an empty folder.';
  throw unusable(folder, `${path} is not what a worker wrote. ${remedy}`, null);
}

/** A number lost would make every later start look like an old one: never guessed. */
async function lastIncarnation(folder: string): Promise<number> {
  const path = join(folder, 'incarnation');
  const text = (await readIfThere(path)) ?? '0';
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number + 1)) return number;
  const shown = JSON.stringify(cutText(text, 40));
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

function unusable(folder: string, detail: string, cause: unknown): OakringError {
  return new OakringError(
    { code: 'data-folder-unusable', detail, field: 'OAKRING_WORKER_DATA', value: folder },
    { cause },
  );
}

import { chmod, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What a worker remembers across its own restarts: how often it started, and the token that proves
 * it is the same worker.
 */
export class WorkerData {
  private constructor(
    private readonly folder: string,
    /** Number of this start, from 1. */
    readonly incarnation: number,
    private tokenText: string | null,
  ) {}

  /** Counts this start, durably, before anything is said to anyone. */
  static async open(folder: string): Promise<WorkerData> {
    await mkdir(folder, { recursive: true });
    const incarnation = Number(await readIfThere(join(folder, 'incarnation'))) + 1;
    await replaceDurably(join(folder, 'incarnation'), String(incarnation));
    return new WorkerData(folder, incarnation, await readIfThere(join(folder, 'token')));
  }

  get token(): string | null {
    return this.tokenText;
  }

  async keepToken(token: string): Promise<void> {
    if (token === this.tokenText) return;
    this.tokenText = token;
    const path = join(this.folder, 'token');
    await writeFile(path, token, { mode: 0o600 });
    await chmod(path, 0o600);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Written beside, synced, renamed: a crash leaves the old or the new content. */
async function replaceDurably(path: string, content: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

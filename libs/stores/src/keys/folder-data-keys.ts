import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '@oakring/contracts';
import { prepareFolder } from '@oakring/host';
import type { DataKeyStore } from './data-key-store.port.js';

const ownerOnly = 0o600;
const markFile = 'mark';

/** A file each in a folder that is one manager's; made with the first of them. */
export class FolderDataKeys implements DataKeyStore {
  constructor(private readonly folder: string) {}

  read(id: string): Promise<string | null> {
    return textIn(this.pathOf(id));
  }

  keep(id: string, wrapped: string): Promise<void> {
    return this.write(this.pathOf(id), wrapped);
  }

  async remove(id: string): Promise<void> {
    const path = this.pathOf(id);
    await overwrite(path);
    await rm(path, { force: true });
    await syncFolder(this.folder);
  }

  mark(): Promise<string | null> {
    return textIn(join(this.folder, markFile));
  }

  async keepMark(mark: string): Promise<string> {
    const there = await this.mark();
    if (there !== null) return there;
    await this.write(join(this.folder, markFile), mark);
    return mark;
  }

  private pathOf(id: string): string {
    return join(this.folder, `${id}.key`);
  }

  private async write(path: string, text: string): Promise<void> {
    await prepareFolder(this.folder);
    const draft = `${path}.new`;
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', ownerOnly);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    await syncFolder(this.folder);
  }
}

/** Where a file system writes in place nothing of it is left; on others this is worth nothing, and harms nothing. */
async function overwrite(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

async function textIn(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

import { open, rename, rm } from 'node:fs/promises';

/** Whole or not at all, for its owner alone, and on the disk when it resolves. */
export async function writeWhole(path: string, text: string | Buffer): Promise<void> {
  const draft = await draftOf(path);
  try {
    await draft.keep(text);
  } finally {
    await draft.discard();
  }
}

/**
 * A file that will be there whole or not at all: whether it can be written is known before there is anything to write.
 * Nobody else opened it before: one of its name is taken away.
 */
export async function draftOf(path: string): Promise<Draft> {
  const draft = `${path}.${process.pid}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  return {
    async keep(text) {
      await file.writeFile(text);
      await file.sync();
      await rename(draft, path);
    },
    async discard() {
      await file.close();
      await rm(draft, { force: true });
    },
  };
}

export interface Draft {
  /** Puts it in its place, on the disk when it resolves. */
  keep(text: string | Buffer): Promise<void>;
  /** To be called at the end, whether it was kept or not. */
  discard(): Promise<void>;
}

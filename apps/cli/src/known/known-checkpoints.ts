import { isId } from '@oakring/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { writeWhole } from '../config/write-whole.js';
import type { Environment } from '../terminal.js';

/** Of so many clusters the newest checkpoint is kept; then the one goes that was seen longest ago. */
const maxClusters = 256;
/** A note is shorter; what is longer is not ours. */
const maxCharacters = 65_536;

/**
 * The newest checkpoint of each cluster that this person saw, as it was signed: a file for each in
 * `$XDG_CONFIG_HOME/oakring/checkpoints` (`~/.config`). It lies apart from every cluster, so that none
 * can take back what was seen of it.
 */
export class KnownCheckpoints {
  private constructor(
    private readonly folder: string,
    private readonly most: number,
  ) {}

  /** Of however many clusters, in this folder. */
  static in(folder: string): KnownCheckpoints {
    return new KnownCheckpoints(folder, Infinity);
  }

  /** Null where there is no home to keep them in. */
  static of(env: Environment): KnownCheckpoints | null {
    const { XDG_CONFIG_HOME: config = '', HOME: home = '' } = env;
    // The XDG specification: a relative one is to be ignored.
    if (isAbsolute(config))
      return new KnownCheckpoints(join(config, 'oakring', 'checkpoints'), maxClusters);
    if (!isAbsolute(home)) return null;
    return new KnownCheckpoints(join(home, '.config', 'oakring', 'checkpoints'), maxClusters);
  }

  /** Null: none was seen yet. */
  read(clusterId: string): string | null {
    const path = this.pathOf(clusterId);
    if (path === null || !existsSync(path)) return null;
    const note = readFileSync(path, 'utf8');
    return note.length > maxCharacters ? null : note;
  }

  /** Whole or not at all, and for its owner alone. */
  async keep(clusterId: string, note: string): Promise<void> {
    const path = this.pathOf(clusterId);
    if (path === null || note.length > maxCharacters) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeWhole(path, note);
    await this.forgetOldest();
  }

  private async forgetOldest(): Promise<void> {
    const names = await readdir(this.folder);
    if (names.length <= this.most) return;
    const seen = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        return { path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 };
      }),
    );
    const oldest = seen.sort((a, b) => a.at - b.at).slice(0, names.length - this.most);
    await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
  }

  /** The id is what a manager says: it must not lead elsewhere. */
  private pathOf(clusterId: string): string | null {
    return isId(clusterId) ? join(this.folder, clusterId) : null;
  }
}

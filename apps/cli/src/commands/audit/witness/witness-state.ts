import { readCheckpoint, signingKeyOf, type Checkpoint, type Cosigner } from '@oakring/events';
import { lockFolder, prepareFolder, type FolderLock } from '@oakring/host';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { writeWhole } from '../../../config/write-whole.js';
import { KnownCheckpoints } from '../../../known/known-checkpoints.js';

const otherBits = 0o077;

/**
 * All that a witness is: its key, and of each log the newest checkpoint that it cosigned. Whoever loses the
 * second and keeps the first would sign a fork: they lie in one folder.
 */
export class WitnessState {
  private constructor(
    readonly cosigner: Cosigner,
    private readonly checkpoints: KnownCheckpoints,
    private readonly lock: FolderLock,
  ) {}

  /** The key is made at the first start, for its owner alone. One process at a time. */
  static async open(folder: string, name: string): Promise<WitnessState> {
    await prepareFolder(folder);
    const lock = await lockFolder(folder, { pid: process.pid, what: 'oakring audit witness' });
    const path = join(folder, 'witness-key.pem');
    if (!existsSync(path)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      await writeWhole(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    }
    if ((statSync(path).mode & otherBits) !== 0) {
      const detail = `Others may read or change the key ${path}: chmod 600 ${path}`;
      throw new CommandFailure(detail, exitCodes.usage);
    }
    const { publicKey, sign } = signingKeyOf(readFileSync(path, 'utf8'));
    const checkpoints = KnownCheckpoints.in(join(folder, 'cosigned'));
    return new WitnessState({ name, publicKey, sign }, checkpoints, lock);
  }

  newest(clusterId: string): Checkpoint | null {
    const note = this.checkpoints.read(clusterId);
    if (note === null) return null;
    const read = readCheckpoint(note);
    // To begin anew would be to sign whatever comes.
    if (read.status === 'checkpoint') return read.checkpoint;
    throw new CommandFailure(
      `What was cosigned of cluster ${clusterId} cannot be read: ${read.reason}.`,
      exitCodes.refused,
    );
  }

  /** Before anybody has the cosignature. */
  keep(clusterId: string, note: string): Promise<void> {
    return this.checkpoints.keep(clusterId, note);
  }

  close(): Promise<void> {
    return this.lock.release();
  }
}

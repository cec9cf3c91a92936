import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, systemCodeOf } from '@oakring/contracts';
import { newSealingKey, openValue, sealingKeyBytes, sealValue } from '@oakring/host';
import { replaceDurably } from './replace-durably.js';
import type { Remembered, RememberedInstance } from './worker-store.port.js';

const keyFile = 'secrets.key';
type Secrets = Readonly<Record<string, string>>;

/** An instance as it is written down: its secrets encrypted. */
type Written = Omit<RememberedInstance, 'secrets'> & { readonly sealed?: string };

/**
 * What a worker remembers of secrets, since it starts instances again without its manager: encrypted, by a key in a
 * file beside. A copy of the memory alone (for whoever looks for a fault) shows none of them; whoever can read both
 * is the worker's own user.
 */
export class SealedMemory {
  private constructor(
    private readonly folder: string,
    private key: Buffer | null,
  ) {}

  static async open(folder: string): Promise<SealedMemory> {
    const text = await readFile(join(folder, keyFile), 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return '';
      throw error;
    });
    const key = Buffer.from(text.trim(), 'hex');
    return new SealedMemory(folder, key.length === sealingKeyBytes ? key : null);
  }

  /** The text to write down. Makes the key with the first secret. */
  async textOf(remembered: Remembered): Promise<string> {
    const instances: Written[] = [];
    for (const instance of remembered.instances) instances.push(await this.written(instance));
    return JSON.stringify({ ...remembered, instances });
  }

  /** What was written down, with what of it can be opened. */
  opened(remembered: Remembered): Remembered {
    const instances = remembered.instances.map((instance) => this.read(instance));
    return { ...remembered, instances };
  }

  private async written({ secrets, ...instance }: RememberedInstance): Promise<Written> {
    if (secrets === undefined) return instance;
    this.key ??= await this.made();
    return { ...instance, sealed: sealValue(JSON.stringify(secrets), this.key, boundTo(instance)) };
  }

  /** Without its key it starts nothing that needs them: its manager's next order brings them again. */
  private read(instance: RememberedInstance): RememberedInstance {
    const { sealed, secrets: _plain, ...others } = instance as RememberedInstance & Written;
    if (typeof sealed !== 'string' || this.key === null) return others;
    const text = openValue(sealed, this.key, boundTo(others));
    const secrets: unknown = text === null ? null : JSON.parse(text);
    return isObject(secrets) ? { ...others, secrets: secrets as Secrets } : others;
  }

  private async made(): Promise<Buffer> {
    const key = newSealingKey();
    await replaceDurably(this.folder, keyFile, `${key.toString('hex')}\n`);
    return key;
  }
}

function boundTo({ job, instance, generation }: Written): string {
  return JSON.stringify([job.id, instance, generation]);
}

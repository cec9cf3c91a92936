// Ids of keys are of the system's own chance: what the injected randomness gives can be repeated.
// oxlint-disable-next-line no-restricted-imports
import { createHmac, randomUUID } from 'node:crypto';
import { OakringError } from '@oakring/contracts';
import { newSealingKey, openValue, sealValue } from '@oakring/host';
import type { SecretVersion } from '@oakring/model';
import type { DataKeyStore } from '@oakring/stores';
import { unusable, type MasterKeyPlace } from './master-key.js';

/** What a mark says, once it is opened by the key that it is the mark of. */
const markText = 'oakring-secrets-1';

/** A value as it stands in the ledger, and the data key that opens it. */
export type SealedSecret = Pick<SecretVersion, 'key' | 'sealed'>;

/** Which value: it opens for nothing else. */
export interface SecretBinding {
  /** Identity of the ledger. */
  readonly ledger: string;
  readonly name: string;
  readonly version: number;
}

/**
 * Encrypts what the ledger keeps of secrets, and reads it. Each version has a data key of its own, which is wrapped by
 * the master key and lies beside the ledger: without it nothing in any copy of the ledger can be read. No value is
 * kept here.
 *
 * No master key yet (nothing was ever encrypted) → one, made or read. Missing, or another than was used before: no start.
 */
export class SecretVault {
  private making: Promise<Buffer> | null = null;

  private constructor(
    private readonly keys: DataKeyStore,
    private readonly place: MasterKeyPlace | null,
    private master: Buffer | null,
  ) {}

  /** `place` null: nobody named one. Throws `secrets-key-unusable` where what is kept could not be read. */
  static async open(keys: DataKeyStore, place: MasterKeyPlace | null): Promise<SecretVault> {
    const mark = await keys.mark();
    if (place === null) {
      const why = 'this cluster keeps secrets, and no file with their key is named';
      if (mark !== null) throw unusable('OAKRING_SECRETS_KEY_FILE', why);
      return new SecretVault(keys, null, null);
    }
    const master = await place.read();
    if (master === null && (mark !== null || place.make === null)) {
      throw unusable(place.path, 'there is no such file');
    }
    if (mark !== null && master !== null) refuseOther(place, master, mark);
    return new SecretVault(keys, place, master);
  }

  /** The data key is on the disk when it resolves. Throws `secrets-unavailable` where there is no master key. */
  async seal(value: string, binding: SecretBinding): Promise<SealedSecret> {
    const master = await this.masterKey();
    const key = randomUUID();
    const dataKey = newSealingKey();
    const sealed = sealValue(value, dataKey, boundTo(binding));
    await this.keys.keep(key, sealValue(dataKey.toString('base64'), master, wrapOf(binding, key)));
    return { key, sealed };
  }

  /** Null: its key is gone. Rejects while that cannot be known, or we have no key that opens it. */
  async unseal({ key, sealed }: SealedSecret, binding: SecretBinding): Promise<string | null> {
    const wrapped = await this.keys.read(key);
    if (wrapped === null) return null;
    const dataKey = openValue(wrapped, await this.masterKey(), wrapOf(binding, key));
    if (dataKey === null) return null;
    return openValue(sealed, Buffer.from(dataKey, 'base64'), boundTo(binding));
  }

  /** Forgets keys for ever: what they encrypted can be read nowhere any more. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.keys.remove(key);
  }

  /**
   * Tells a repetition of a value from another one, to who has the master key alone: the ledger keeps it, where a plain
   * hash could be tried out.
   */
  async fingerprint(value: string): Promise<string> {
    return createHmac('sha256', await this.masterKey())
      .update(`fingerprint:${value}`)
      .digest('hex');
  }

  private async masterKey(): Promise<Buffer> {
    const { place } = this;
    if (place === null) {
      const detail = 'No key of secrets was given to this manager (OAKRING_SECRETS_KEY_FILE).';
      throw new OakringError({ code: 'secrets-unavailable', detail });
    }
    // Two that ask at once have one key.
    this.making ??= this.firstUse(place);
    try {
      return await this.making;
    } catch (error) {
      this.making = null;
      throw error;
    }
  }

  private async firstUse(place: MasterKeyPlace): Promise<Buffer> {
    const master = this.master ?? (await place.make?.()) ?? null;
    if (master === null) throw unusable(place.path, 'there is no such file');
    refuseOther(place, master, await this.keys.keepMark(sealValue(markText, master, markText)));
    this.master = master;
    return master;
  }
}

function refuseOther({ path }: MasterKeyPlace, master: Buffer, mark: string): void {
  if (openValue(mark, master, markText) === markText) return;
  throw unusable(path, 'it is another one than the secrets of this cluster are encrypted with');
}

function boundTo({ ledger, name, version }: SecretBinding): string {
  return JSON.stringify([ledger, name, version]);
}

function wrapOf({ ledger }: SecretBinding, key: string): string {
  return JSON.stringify([ledger, key]);
}

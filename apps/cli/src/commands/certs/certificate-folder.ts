import {
  certificateNames,
  certificatesIn,
  folderUnusable,
  preparePrivateFolder,
  type KnownCertificate,
} from '@oakring/host';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../config/write-whole.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';

/** A certificate of the folder, as it is shown. */
export interface ShownFile extends KnownCertificate {
  readonly file: string;
}

/** Who signs, PEM. */
interface Signing {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The certificates in a data folder: the cluster's CA with its key, and what listeners show. */
export class CertificateFolder {
  readonly path: string;
  readonly ca: string;
  readonly caKey: string;
  readonly cert: string;
  readonly key: string;

  constructor(private readonly dataFolder: string) {
    const { folder, ca, caKey, cert, key } = certificateNames;
    this.path = join(dataFolder, folder);
    this.ca = join(this.path, ca);
    this.caKey = join(this.path, caKey);
    this.cert = join(this.path, cert);
    this.key = join(this.path, key);
  }

  /** Throws `data-folder-open` where others can look into it. */
  async prepare(): Promise<void> {
    await preparePrivateFolder(this.dataFolder);
    await preparePrivateFolder(this.path);
  }

  /** Null: there is no CA, or only what is left of a start that did not come to its end. */
  signing(): Signing | null {
    if (!existsSync(this.ca)) return null;
    if (existsSync(this.caKey)) {
      return { certificate: this.read(this.ca), privateKey: this.read(this.caKey) };
    }
    throw new CommandFailure(
      `There is a CA in ${this.ca}, and its key is not here (${this.caKey}): ` +
        `sign where that is ("oakring certs issue"), or put it here.`,
      exitCodes.refused,
    );
  }

  /** What is there, the CA first. */
  shown(): readonly ShownFile[] {
    return [this.ca, this.cert].flatMap((file) =>
      existsSync(file) ? this.certificates(file).map((each) => ({ ...each, file })) : [],
    );
  }

  certificates(file: string): readonly KnownCertificate[] {
    try {
      return certificatesIn(this.read(file));
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      throw unreadable(file, error);
    }
  }

  read(file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  async write(file: string, text: string): Promise<void> {
    try {
      await writeWhole(file, text);
    } catch (error) {
      throw folderUnusable(this.path, error);
    }
  }
}

function unreadable(file: string, error: unknown): CommandFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new CommandFailure(`${file} cannot be read: ${why}.`, exitCodes.refused);
}

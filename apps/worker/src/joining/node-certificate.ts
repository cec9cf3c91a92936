import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '@oakring/contracts';
import { nodeCertificates } from '../connect/broker-trust.js';
import { replaceDurably } from '../memory/replace-durably.js';

/** Of its life: what is renewed then has the last third to be renewed in. */
const renewAfterShare = 2 / 3;

/** What a manager gave a node that joined, PEM. */
export interface GivenCertificate {
  readonly certificate: string;
  /** Of the CA that signed it, and the broker's. */
  readonly ca: string;
}

/**
 * What the node shows to a broker by TLS, in the folder `certs` of its data (0700, files 0600). The key is made once, never
 * leaves the machine, and goes with every certificate: one file takes the place of another, and no two have to fit.
 */
export class NodeCertificate {
  private wasAsked = false;

  constructor(private readonly dataFolder: string) {}

  /** Asks for a certificate: PKCS #10, PEM. */
  async request(node: string): Promise<string> {
    this.wasAsked = true;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const { keyPair, requestFor } = await import('@oakring/certificates');
    let privateKey = await this.contentOf(nodeCertificates.key);
    if (privateKey === null) {
      ({ privateKey } = keyPair());
      await replaceDurably(this.folder, nodeCertificates.key, privateKey);
    }
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
    const { request } = await requestFor(node, { privateKey, publicKey: publicKey.toString() });
    return request;
  }

  async keep({ certificate, ca }: GivenCertificate): Promise<void> {
    await replaceDurably(this.folder, nodeCertificates.ca, ca);
    await replaceDurably(this.folder, nodeCertificates.cert, certificate);
  }

  /** Whether another one is to be asked for; where there is none, once a start. */
  async isDue(nowMs: number): Promise<boolean> {
    const text = await this.contentOf(nodeCertificates.cert);
    if (text === null) return !this.wasAsked;
    const { validFrom, validTo } = new X509Certificate(text);
    const fromMs = Date.parse(validFrom);
    return nowMs >= fromMs + renewAfterShare * (Date.parse(validTo) - fromMs);
  }

  private get folder(): string {
    return join(this.dataFolder, nodeCertificates.folder);
  }

  private async contentOf(name: string): Promise<string | null> {
    try {
      return await readFile(join(this.folder, name), 'utf8');
    } catch (error) {
      if (isObject(error) && error['code'] === 'ENOENT') return null;
      throw error;
    }
  }
}

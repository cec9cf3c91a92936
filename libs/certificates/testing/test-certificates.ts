import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, makeAuthority, type Issued } from '../src/authority.js';
import { keyPair } from '../src/keys.js';

/** A CA of its own, and a data folder with what it signed, as `oakring certs init` leaves one. */
export class TestCertificates {
  private constructor(
    /** The data folder. */
    readonly data: string,
    readonly authority: Authority,
    /** PEM. */
    readonly ca: string,
  ) {}

  /** For listeners that are reached by these names and addresses. */
  static async make(
    names: readonly string[] = ['localhost', '127.0.0.1'],
  ): Promise<TestCertificates> {
    const data = await mkdtemp(join(tmpdir(), 'oakring-certs-'));
    const made = await makeAuthority('a test CA', Date.now());
    const authority = new Authority(made.certificate, made.privateKey, Date.now);
    const certificates = new TestCertificates(data, authority, made.certificate);
    await mkdir(join(data, 'certs'), { mode: 0o700 });
    await certificates.put('ca.crt', made.certificate);
    await certificates.put('ca.key', made.privateKey);
    await certificates.renew(names);
    return certificates;
  }

  get files() {
    const within = (name: string): string => join(this.data, 'certs', name);
    return { cert: within('server.crt'), key: within('server.key'), ca: within('ca.crt') };
  }

  /** Puts another certificate, of another key, in the place of the one that is there. */
  async renew(names: readonly string[]): Promise<Issued> {
    const issued = await this.serve(names);
    await this.put('server.key', issued.privateKey);
    await this.put('server.crt', issued.certificate);
    return issued;
  }

  /** A certificate that is put nowhere. */
  async serve(
    names: readonly string[],
    purposes: readonly ('server' | 'client')[] = ['server'],
  ): Promise<Issued> {
    const { publicKey, privateKey } = keyPair();
    const asked = { commonName: names[0] ?? 'nobody', names, publicKey, purposes };
    return { certificate: await this.authority.serve(asked), privateKey };
  }

  /** A file of the folder `certs`. */
  async put(name: string, text: string): Promise<string> {
    const path = join(this.data, 'certs', name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.data, { recursive: true });
  }
}

import { fromBER, OctetString, type BaseBlock } from 'asn1js';
import { execFile } from 'node:child_process';
import { sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ContentInfo, SignedData } from 'pkijs';
import { bytesOf } from '../src/time-stamp.js';

const run = promisify(execFile);

/** How a forged token is made. */
interface Forgery {
  /** What the certificate says that it is for. */
  readonly usage?: string;
  /** How long the certificate is good. */
  readonly days?: number;
  /** Whether the signature says by which certificate. */
  readonly isNamed?: boolean;
  /** What its signature states otherwise, and is made anew for. */
  readonly stating?: Stating | null;
}

interface Stating {
  /** Type of a signed attribute. */
  readonly attribute: string;
  /** What becomes of its value, in DER. */
  readonly altered: (value: Buffer) => Buffer;
}

/**
 * A time-stamping authority of this machine: keys and certificates of its own, and `openssl ts` behind
 * HTTP. What it answers can be altered, for tests of who believes it.
 */
export class LocalAuthority {
  /** Requests that came. */
  asked = 0;
  /** What becomes of each answer. */
  alter: (answer: Buffer) => Buffer | Promise<Buffer> = (answer) => answer;
  private server: Server | null = null;

  private constructor(
    private readonly folder: string,
    /** The certificate that all of its own lead to, PEM. */
    readonly ca: string,
  ) {}

  static async make(): Promise<LocalAuthority> {
    const folder = await mkdtemp(join(tmpdir(), 'oakring-tsa-'));
    const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await writeFile(join(folder, 'ext'), extensions('critical,timeStamping'));
    await writeFile(join(folder, 'conf'), configuration);
    await writeFile(join(folder, 'serial'), '01\n');
    await openssl(
      ...['req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'],
      ...['-subj', '/CN=A test CA'],
    );
    await openssl('req', ...ec, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=A test TSA');
    await openssl(
      ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', '20', '-extfile', 'ext', '-out', 'tsa.pem'],
    );
    return new LocalAuthority(folder, await readFile(join(folder, 'ca.pem'), 'utf8'));
  }

  /** The file of `ca`. */
  get caFile(): string {
    return join(this.folder, 'ca.pem');
  }

  /** Answers a request in DER. */
  async answer(request: Uint8Array): Promise<Buffer> {
    this.asked += 1;
    await writeFile(join(this.folder, 'request'), request);
    const reply = ['ts', '-reply', '-config', 'conf', '-queryfile', 'request', '-out', 'answer'];
    await run('openssl', reply, { cwd: this.folder });
    return this.alter(await readFile(join(this.folder, 'answer')));
  }

  /** A token as it would state it, signed with its key by another certificate of the same CA. */
  async forge(
    request: Uint8Array,
    { usage = 'critical,timeStamping', days = 20, isNamed = true, stating = null }: Forgery,
  ): Promise<Buffer> {
    const openssl = (...args: string[]) => run('openssl', args, { cwd: this.folder });
    await writeFile(join(this.folder, 'other-ext'), extensions(usage));
    await openssl(
      ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', String(days), '-extfile', 'other-ext', '-out', 'other.pem'],
    );
    // After the certificate: it would not have been good before.
    await this.answer(request);
    await openssl('ts', '-reply', '-in', 'answer', '-token_out', '-out', 'token');
    await openssl(
      ...['cms', '-verify', '-noverify', '-inform', 'DER', '-in', 'token', '-out', 'stated'],
    );
    await openssl(
      ...['cms', '-sign', '-binary', '-nodetach', '-outform', 'DER', '-in', 'stated'],
      ...['-econtent_type', 'id-smime-ct-TSTInfo', ...(isNamed ? ['-cades'] : [])],
      ...['-signer', 'other.pem', '-inkey', 'tsa.key', '-out', 'forged'],
    );
    const forged = await readFile(join(this.folder, 'forged'));
    return stating === null ? forged : this.restated(forged, stating);
  }

  /** The same token, whose signature holds for attributes of which one is another. */
  private async restated(token: Buffer, { attribute, altered }: Stating): Promise<Buffer> {
    const content = new ContentInfo({ schema: fromBER(bytesOf(token)).result });
    const signed = new SignedData({ schema: content.content });
    const [signer] = signed.signerInfos;
    const attributes = signer?.signedAttrs;
    const stated = attributes?.attributes.find(({ type }) => type === attribute);
    if (signer === undefined || attributes === undefined || stated === undefined) {
      throw new Error(`it states no ${attribute}`);
    }
    stated.values = stated.values.map((value: BaseBlock) => {
      return fromBER(bytesOf(altered(Buffer.from(value.toBER())))).result;
    });
    // They are signed as the SET OF that they are, not under the tag that they lie under.
    const bytes = Buffer.from(attributes.toSchema().toBER()).fill(0x31, 0, 1);
    const key = await readFile(join(this.folder, 'tsa.key'), 'utf8');
    signer.signature = new OctetString({ valueHex: bytesOf(sign('sha256', bytes, key)) });
    content.content = signed.toSchema(true);
    return Buffer.from(content.toSchema().toBER());
  }

  /** Answers over HTTP from now on; the address. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      void this.answerTo(request).then(
        (answer) =>
          response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    this.server = server;
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    if (server !== null) await new Promise((resolve) => void server.close(resolve));
    await rm(this.folder, { recursive: true });
  }

  private async answerTo(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return this.answer(Buffer.concat(chunks));
  }
}

/** Another byte at that place. */
function flipped(value: Buffer, at: number): Buffer {
  return Buffer.from(value.with(at, (value.at(at) ?? 0) ^ 1));
}

/** What a signature over a token states of it, each of them otherwise. */
export const otherwise = {
  type: {
    attribute: '1.2.840.113549.1.9.3',
    altered: (value) => flipped(value, value.length - 1),
  },
  digest: {
    attribute: '1.2.840.113549.1.9.4',
    altered: (value) => flipped(value, value.length - 1),
  },
  certificate: {
    attribute: '1.2.840.113549.1.9.16.2.47',
    // The first byte of the hash: an OCTET STRING of 32.
    altered: (value) => flipped(value, value.indexOf(Buffer.of(0x04, 0x20)) + 2),
  },
} satisfies Record<string, Stating>;

function extensions(usage: string): string {
  return `extendedKeyUsage=${usage}\n`;
}

const configuration = `[tsa]
default_tsa = this
[this]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
`;

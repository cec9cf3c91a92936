import { nodeOrganization, OakringError } from '@oakring/contracts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { bytesOf } from './bytes.js';
import { issue, type Purpose, type Signer } from './issue.js';
import { keyPair } from './keys.js';
import { keyAskedFor } from './request.js';

const dayMs = 86_400_000;
/** Clocks at the edge are behind: what was made just now holds there all the same. */
const heldBackMs = 3_600_000;
const authorityDays = 3_650;
/** Browsers take none that holds for longer. */
const serverDays = 397;
/** Renewed by its worker long before. */
const nodeDays = 90;

/** PEM. */
export interface Issued {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a node is given. */
export interface NodeCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Of the CA, and others that are believed besides, PEM. */
  readonly ca: string;
  /** ISO 8601. */
  readonly endsAt: string;
}

/** A certificate that signs others, and its key. `nowMs`: wall clock. */
export async function makeAuthority(name: string, nowMs: number): Promise<Issued> {
  const { privateKey, publicKey } = keyPair();
  const certificate = await issue(
    {
      subject: { commonName: name, organization: 'oakring' },
      ...{ publicKey, purposes: ['authority'], names: [] },
      from: new Date(nowMs - heldBackMs),
      to: new Date(nowMs + authorityDays * dayMs),
    },
    { ownKey: privateKey },
  );
  return { certificate, privateKey };
}

interface Served {
  /** For people: what is asked for is `names`. */
  readonly commonName: string;
  readonly names: readonly string[];
  /** What it may be shown as. */
  readonly purposes: readonly ('server' | 'client')[];
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
}

/** The cluster's CA, where its key is at hand. Nothing that it signs holds for longer than it does itself. */
export class Authority {
  private readonly signer: Signer;
  private readonly endsMs: number;

  /**
   * `certificate`: the one that signs first, and others that are believed besides, PEM. Throws an Error where the key
   * is not that of the certificate.
   */
  constructor(
    private readonly certificate: string,
    privateKey: string,
    private readonly nowMs: () => number,
  ) {
    const own = new X509Certificate(certificate);
    if (!own.ca) throw new Error('its certificate is not one of a CA');
    if (!own.checkPrivateKey(createPrivateKey(privateKey))) {
      throw new Error('its key is not that of its certificate');
    }
    const { subject, subjectPublicKeyInfo } = Certificate.fromBER(bytesOf(own.raw));
    const publicKey = new Uint8Array(subjectPublicKeyInfo.toSchema().toBER());
    this.signer = { name: subject, privateKey, publicKey };
    this.endsMs = Date.parse(own.validTo);
  }

  /** For a server of the cluster, by its names and addresses. */
  async serve({ commonName, names, purposes, publicKey }: Served): Promise<string> {
    const subject = { commonName, organization: 'oakring' };
    return this.issue({ subject, publicKey, names, purposes }, serverDays);
  }

  /**
   * For a node and the key of a request (PKCS #10, PEM), which whoever has it signed; what else the request says is not
   * taken. `credential`: the digest (hexadecimal) of the secret that the node joined with; the certificate says it, and
   * is worth as much as that one. Throws `invalid-field` where the request is none, or its key is too weak.
   */
  async sign(request: string, nodeId: string, credential: string): Promise<NodeCertificate> {
    const publicKey = await askedFor(request);
    const subject = {
      commonName: nodeId,
      organization: nodeOrganization,
      serialNumber: credential,
    };
    const purposes = ['client'] as const;
    const certificate = await this.issue({ subject, publicKey, names: [], purposes }, nodeDays);
    const endsAt = new Date(new X509Certificate(certificate).validTo).toISOString();
    return { certificate, ca: this.certificate, endsAt };
  }

  private async issue(
    wanted: {
      readonly subject: { readonly commonName: string; readonly organization: string };
      readonly publicKey: string | Uint8Array;
      readonly names: readonly string[];
      readonly purposes: readonly Purpose[];
    },
    days: number,
  ): Promise<string> {
    const nowMs = this.nowMs();
    const to = new Date(Math.min(nowMs + days * dayMs, this.endsMs));
    return issue({ ...wanted, from: new Date(nowMs - heldBackMs), to }, this.signer);
  }
}

async function askedFor(request: string): Promise<Uint8Array> {
  try {
    return await keyAskedFor(request);
  } catch (error) {
    // Whatever a library throws at bytes that somebody else made.
    const why = error instanceof Error ? error.message : String(error);
    const detail = `The request for a certificate cannot be used: ${why}.`;
    throw new OakringError({ code: 'invalid-field', detail, field: 'csr' });
  }
}

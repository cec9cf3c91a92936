import { Integer, fromBER, OctetString, Sequence } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq, TimeStampResp } from 'pkijs';
import { sha256OfBytes } from '@oakring/crypto';
import { bytesOf, readTimeStamp, sha256, type TrustedCertificates } from './time-stamp.js';

/** What an authority is asked. */
export interface Question {
  readonly content: string;
  /** Hexadecimal, unforeseeable: an answer to another question has another one. */
  readonly nonce: string;
}

export type ReadAnswer =
  | {
      readonly status: 'stamped';
      /** The token, DER in base64, as the authority made it. */
      readonly token: string;
      readonly time: string;
      readonly authority: string;
    }
  | { readonly status: 'refused'; readonly reason: string };

/** PKIStatus: what is granted, with or without changes that the answer then shows. */
const granted = new Set([0, 1]);

/** The request in DER, for the SHA-256 of the content's UTF-8 bytes; the answer brings its certificates. */
export function questionBytes({ content, nonce }: Question): Uint8Array {
  const imprint = Buffer.from(sha256OfBytes(new TextEncoder().encode(content)), 'hex');
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha256 }),
      hashedMessage: new OctetString({ valueHex: bytesOf(imprint) }),
    }),
    // Below 0x80 in front: a number without a sign.
    nonce: new Integer({ valueHex: bytesOf(Buffer.from(`01${nonce}`, 'hex')) }),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** What an authority answered, checked as far as `trusted` reaches. */
export async function readAnswer(
  answer: Uint8Array,
  { content, nonce }: Question,
  trusted: TrustedCertificates | null,
): Promise<ReadAnswer> {
  const token = tokenIn(answer);
  if (typeof token === 'string') return { status: 'refused', reason: token };
  const read = await readTimeStamp(token, content, trusted);
  if (read.status === 'refused') return read;
  const { time, authority, nonce: said } = read.stamp;
  if (said !== `01${nonce}`) {
    return { status: 'refused', reason: `it answers another question: its nonce is ${said}` };
  }
  return { status: 'stamped', token: Buffer.from(token).toString('base64'), time, authority };
}

/** The token's own bytes: written anew they might not be what was signed. A text says why there is none. */
function tokenIn(answer: Uint8Array): Uint8Array | string {
  try {
    const { offset, result } = fromBER(bytesOf(answer));
    if (offset !== answer.length || !(result instanceof Sequence)) return 'it is no answer in DER';
    const { status } = new TimeStampResp({ schema: result });
    const words = (status.statusStrings ?? []).map((text) => text.getValue()).join(' ');
    if (!granted.has(status.status)) return `status ${status.status} ${words}`.trimEnd();
    return (
      result.valueBlock.value[1]?.valueBeforeDecodeView ?? 'it grants a stamp, and brings none'
    );
  } catch (error) {
    return `it is no answer: ${String(error)}`;
  }
}

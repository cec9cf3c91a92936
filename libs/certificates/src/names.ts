import { OctetString, Sequence, Set, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  GeneralName,
  GeneralNames,
  RelativeDistinguishedNames,
} from 'pkijs';
import { isIP } from 'node:net';
import { bytesOf } from './bytes.js';

const oid = { commonName: '2.5.4.3', organization: '2.5.4.10', serialNumber: '2.5.4.5' };
/** Kinds of GeneralName (RFC 5280, 4.2.1.6). */
const dnsName = 2;
const ipAddress = 7;

/** Who a certificate is about. */
export interface Subject {
  readonly commonName: string;
  readonly organization: string;
  /** What else it is told from others by. */
  readonly serialNumber?: string;
}

/** Each part in a set of its own, as it is usually written: the library would put all of them into one. */
export function nameOf(subject: Subject): RelativeDistinguishedNames {
  const { commonName, organization, serialNumber } = subject;
  const parts: [type: string, value: string][] = [
    [oid.organization, organization],
    [oid.commonName, commonName],
    ...(serialNumber === undefined ? [] : [[oid.serialNumber, serialNumber] as [string, string]]),
  ];
  const sets = parts.map(([type, value]) => {
    const part = new AttributeTypeAndValue({ type, value: new Utf8String({ value }) });
    return new Set({ value: [part.toSchema()] });
  });
  const valueBeforeDecode = new Sequence({ value: sets }).toBER();
  return new RelativeDistinguishedNames({ valueBeforeDecode });
}

/** Host names and addresses, as they are reached by. */
export function alternativeNames(names: readonly string[]): GeneralNames {
  return new GeneralNames({
    names: names.map((name) =>
      isIP(name) === 0
        ? new GeneralName({ type: dnsName, value: name })
        : new GeneralName({
            type: ipAddress,
            value: new OctetString({ valueHex: bytesOf(addressBytes(name)).buffer }),
          }),
    ),
  });
}

/** Four bytes, or sixteen. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  // As URLs are written: no zone, and four bytes at the end as two groups.
  const groups = new URL(`http://[${address.replace(/%[^]*/, '')}]`).hostname.slice(1, -1);
  const [before = '', after = null] = groups.split('::');
  const [first, last] = [before, after ?? ''].map((text) => text.split(':').filter(Boolean));
  const [head, tail] = [first ?? [], last ?? []];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const all = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

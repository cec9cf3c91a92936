import type { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  readServed,
  type CertificateFiles,
  type ServedCertificates,
  type TlsSettings,
} from '../certificates/certificate-files.js';
import { allIn } from '../certificates/read-certificates.js';
import { servedAt } from '../open-listener.js';
import { badFinding, type Finding } from './finding.js';

const part = 'certificates';
const dayMs = 86_400_000;
/** As the alert has it (OakringCertificateEnds). */
const soonDays = 14;
const groupAndOthers = 0o077;

interface Listening {
  /** What listeners are bound to. */
  readonly address: string;
  /** Where others are told that they reach it; null: nowhere in particular. */
  readonly advertiseUrl: string | null;
  readonly nowMs: number;
}

/** What listeners show, as whoever connects to them judges it. Nothing where they speak in the clear. */
export function examineCertificates(
  settings: TlsSettings,
  listening: Listening,
): readonly Finding[] {
  const files = servedAt(listening.address, settings);
  if (files === null) return [];
  const looked = `what listeners show, ${files.cert} (OAKRING_TLS_CERT)`;
  try {
    const served = readServed(files);
    const [own] = allIn(served.cert);
    if (own === undefined) throw new Error(`there is no certificate in ${files.cert}`);
    return [
      endOf(own, looked, listening.nowMs),
      ...signerOf(served, files, looked),
      ...nameOf(own, listening.advertiseUrl),
      ...secrecyOf(files),
    ];
  } catch (error) {
    return [badFinding(part, looked, error)];
  }
}

function endOf({ validFrom, validTo }: X509Certificate, looked: string, nowMs: number): Finding {
  const leftMs = Date.parse(validTo) - nowMs;
  const ends = new Date(validTo).toISOString();
  const remedy =
    'Make a new one: oakring certs renew, or whoever made this one; it is shown without a restart.';
  const days = Math.floor(leftMs / dayMs);
  if (leftMs <= 0) return { part, level: 'bad', looked, seen: `it ended at ${ends}`, remedy };
  if (Date.parse(validFrom) > nowMs) {
    const seen = `it does not hold before ${new Date(validFrom).toISOString()}`;
    return { part, level: 'bad', looked, seen, remedy: 'Look at the clock of this machine.' };
  }
  const seen = `it holds until ${ends}, ${days} d more`;
  return days < soonDays
    ? { part, level: 'warning', looked, seen, remedy }
    : { part, level: 'ok', looked, seen };
}

/** Of a public CA there is no file of ours, and nothing to be said. */
function signerOf(
  { cert, ca }: ServedCertificates,
  files: CertificateFiles,
  looked: string,
): readonly Finding[] {
  if (ca === null) return [];
  const chain = allIn(cert);
  const believed = allIn(ca);
  const isSigned = chain.some((each) =>
    believed.some((one) => each.checkIssued(one) && each.verify(one.publicKey)),
  );
  if (isSigned) return [];
  const seen = `nothing in ${files.ca} has signed it, so that nobody of the cluster believes it`;
  const remedy =
    'Put the certificate of its CA there (OAKRING_TLS_CA), and what leads to it behind it.';
  return [{ part, level: 'bad', looked, seen, remedy }];
}

function nameOf(own: X509Certificate, advertiseUrl: string | null): readonly Finding[] {
  if (advertiseUrl === null) return [];
  const name = new URL(advertiseUrl).hostname.replace(/^\[(.*)\]$/, '$1');
  const isFor = isIP(name) === 0 ? own.checkHost(name) : own.checkIP(name);
  const about = { part, looked: `whether it is for ${name} (OAKRING_ADVERTISE_URL)` };
  if (isFor !== undefined) return [{ ...about, level: 'ok', seen: 'it is' }];
  const remedy = `Add it: oakring certs renew --name ${name}`;
  const seen = `it is for ${own.subjectAltName ?? 'no name at all'}`;
  return [{ ...about, level: 'bad', seen, remedy }];
}

function secrecyOf({ key }: CertificateFiles): readonly Finding[] {
  const { mode } = statSync(key);
  if ((mode & groupAndOthers) === 0 || process.platform === 'win32') return [];
  const seen = `others than its owner may read it (mode ${(mode & 0o777).toString(8)})`;
  const looked = `the key ${key} (OAKRING_TLS_KEY)`;
  const remedy = `chmod 600 ${key}, unless a group of yours has to read it.`;
  return [{ part, level: 'warning', looked, seen, remedy }];
}

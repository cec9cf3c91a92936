import { BlockList, isIP } from 'node:net';
import { existsSync } from 'node:fs';
import { OakringError } from '@oakring/contracts';
import {
  certificateFiles,
  type CertificateFiles,
  type TlsSettings,
} from './certificates/certificate-files.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether a number leads to this machine only: 127.0.0.0/8 and ::1. Of a name it is never true: what
 * a name leads to is known once it is resolved.
 */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

export interface Listener {
  /** OAKRING_HOST as it was given. */
  readonly host: string;
  /** Variables of credentials that are not set. */
  readonly missing: readonly string[];
  readonly allowOpen: boolean;
  readonly tls: TlsSettings;
}

/**
 * Throws `settings-invalid` when `address`, which is to be bound, lets others in without credentials, or what is said
 * there is not encrypted.
 */
export function refuseOpenListener(address: string, listener: Listener): void {
  const { host, missing, allowOpen } = listener;
  if (isLoopbackAddress(address) || allowOpen) return;
  if (missing.length === 0) return refusePlainListener(address, listener);
  const leadsTo = address === host ? '' : ` (${address})`;
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `OAKRING_HOST=${host}${leadsTo} is reachable from other machines, but ${missing.join(', ')} ` +
      `${missing.length === 1 ? 'is' : 'are'} not set. Set credentials, or OAKRING_ALLOW_OPEN=true.`,
    field: 'OAKRING_HOST',
    value: host,
  });
}

function refusePlainListener(address: string, { host, tls }: Listener): void {
  if (tls.tls === 'proxy' || servedAt(address, tls) !== null) return;
  const leadsTo = address === host ? '' : ` (${address})`;
  const remedy =
    tls.tls === 'false'
      ? 'Take OAKRING_TLS=false away, and make certificates where there are none'
      : 'Make certificates';
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `OAKRING_HOST=${host}${leadsTo} is reachable from other machines, and what is said there would not be ` +
      `encrypted. ${remedy}: oakring certs init --data ${tls.data} (or OAKRING_TLS=proxy where it is encrypted ` +
      'before it comes here, OAKRING_ALLOW_OPEN=true where nobody is to be kept out).',
    field: 'OAKRING_TLS',
    value: tls.tls,
  });
}

/**
 * What a listener at `address` shows; null: it speaks in the clear. That is so where it is told to, and otherwise on
 * loopback, and where there are no certificates: whether it may, `refuseOpenListener` judges.
 */
export function servedAt(address: string, settings: TlsSettings): CertificateFiles | null {
  const { tls } = settings;
  if (tls === 'false' || tls === 'proxy') return null;
  const files = certificateFiles(settings);
  if (tls === 'true') return files;
  const isThere = settings.tlsCert !== '' || existsSync(files.cert);
  return isThere && !isLoopbackAddress(address) ? files : null;
}

import { OakringError, systemCodeOf } from '@oakring/contracts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the settings say of TLS. */
export interface TlsSettings {
  readonly tls: 'auto' | 'true' | 'false' | 'proxy';
  /** Paths; '': where `oakring certs init` puts them. */
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsCa: string;
  /** The data folder. */
  readonly data: string;
}

/** Of a listener that nobody else reaches, or that has no settings of its own. */
export const plainTls: TlsSettings = {
  ...{ tls: 'proxy', tlsCert: '', tlsKey: '', tlsCa: '', data: '' },
};

/** Of a listener, and of those who are believed. Paths. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What they hold, PEM. */
export interface ServedCertificates {
  /** The listener's own, and what leads from it to its CA. */
  readonly cert: string;
  readonly key: string;
  /** Whose certificates are taken of those who connect; null: nobody's. */
  readonly ca: string | null;
}

/** Where certificates are in a data folder. */
export const certificateNames = {
  folder: 'certs',
  ca: 'ca.crt',
  caKey: 'ca.key',
  cert: 'server.crt',
  key: 'server.key',
} as const;

export function certificateFiles({
  tlsCert,
  tlsKey,
  tlsCa,
  data,
}: Omit<TlsSettings, 'tls'>): CertificateFiles {
  const { folder, ca, cert, key } = certificateNames;
  const within = (name: string): string => join(resolve(data), folder, name);
  return {
    cert: tlsCert === '' ? within(cert) : resolve(tlsCert),
    key: tlsKey === '' ? within(key) : resolve(tlsKey),
    ca: tlsCa === '' ? within(ca) : resolve(tlsCa),
  };
}

/**
 * The file of those who are believed where others of the cluster are asked; null: those whom this machine's Node
 * believes.
 */
export function authorityFile(settings: Pick<TlsSettings, 'tlsCa' | 'data'>): string | null {
  const { ca } = certificateFiles({ ...settings, tlsCert: '', tlsKey: '' });
  return settings.tlsCa !== '' || existsSync(ca) ? ca : null;
}

/** Reads them. Throws `settings-invalid` that names the file and what is wrong with it. */
export function readServed({ cert, key, ca }: CertificateFiles): ServedCertificates {
  const own = textOf(cert, 'OAKRING_TLS_CERT');
  const secret = textOf(key, 'OAKRING_TLS_KEY');
  refuseStrangers(cert, own, key, secret);
  return { cert: own, key: secret, ca: existsSync(ca) ? textOf(ca, 'OAKRING_TLS_CA') : null };
}

function refuseStrangers(cert: string, own: string, key: string, secret: string): void {
  let isPair: boolean;
  try {
    isPair = new X509Certificate(own).checkPrivateKey(createPrivateKey(secret));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unusable('OAKRING_TLS_CERT', cert, `it, or its key ${key}, cannot be read: ${why}`);
  }
  if (!isPair) throw unusable('OAKRING_TLS_KEY', key, `it is not the key of ${cert}`);
}

function textOf(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(setting, path, `it cannot be read (${systemCodeOf(error)})`, error);
  }
}

function unusable(field: string, path: string, why: string, cause?: unknown): OakringError {
  return new OakringError(
    {
      code: 'settings-invalid',
      detail: `${field}: ${path} is of no use: ${why}. Make one: oakring certs init`,
      ...{ field, value: path },
    },
    { cause },
  );
}

import { Trust, type TrustOptions } from '@oakring/host';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a connection to the broker by TLS is made with. */
export interface BrokerTls extends TrustOptions {
  /** What this node shows, PEM; absent: nothing. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface TrustSettings {
  /** OAKRING_TLS_CA; '': what was given to the node when it joined, or else whom this machine's Node believes. */
  readonly tlsCa?: string;
  readonly dataFolder: string;
}

/** What a node was given lies in its data folder: `certs/ca.crt`, `certs/node.crt` and `certs/node.key`. */
export const nodeCertificates = {
  folder: 'certs',
  ca: 'ca.crt',
  cert: 'node.crt',
  key: 'node.key',
};

/**
 * Read for each connection: what was renewed counts from the next one on. Throws `settings-invalid`, or what the
 * system says, where something cannot be read.
 */
export function brokerTls(settings: TrustSettings): BrokerTls {
  const { cert, key } = nodeCertificates;
  const [certFile, keyFile] = [givenFile(settings, cert), givenFile(settings, key)];
  return {
    ...Trust.in(authorityOf(settings)).options(),
    ...(certFile === null || keyFile === null
      ? {}
      : { cert: readFileSync(certFile), key: readFileSync(keyFile) }),
  };
}

/** File of those who are believed; null: those whom this machine's Node believes. */
export function authorityOf(settings: TrustSettings): string | null {
  const { tlsCa = '' } = settings;
  return tlsCa === '' ? givenFile(settings, nodeCertificates.ca) : tlsCa;
}

function givenFile({ dataFolder }: TrustSettings, name: string): string | null {
  const path = join(dataFolder, nodeCertificates.folder, name);
  return existsSync(path) ? path : null;
}

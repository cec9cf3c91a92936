import { certificateFiles, certificateNames, type TlsSettings } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CertificateAuthority } from '../access/certificate-authority.js';

/**
 * The cluster's CA, where its key lies beside its certificate, as `oakring certs init` puts it; null: certificates come
 * from elsewhere. Read for each certificate, so that a changed one signs the next, and no key is kept in memory.
 */
export function ownAuthority(
  settings: TlsSettings,
  { clock }: Pick<Ports, 'clock'>,
): CertificateAuthority | null {
  const { ca } = certificateFiles(settings);
  const caKey = join(dirname(ca), certificateNames.caKey);
  if (!existsSync(ca) || !existsSync(caKey)) return null;
  return {
    async sign(request, nodeId, credential) {
      const { Authority } = await import('@oakring/certificates');
      const [certificate, key] = await Promise.all([readFile(ca, 'utf8'), readFile(caKey, 'utf8')]);
      const authority = new Authority(certificate, key, () => clock.wallMs());
      return authority.sign(request, nodeId, credential);
    },
  };
}

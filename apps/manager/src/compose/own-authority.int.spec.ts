import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { requestFor } from '@oakring/certificates';
import { TestCertificates } from '@oakring/certificates/testing';
import { systemPorts } from '@oakring/ports';
import { ownAuthority } from './own-authority.js';

let certificates: TestCertificates;
beforeEach(async () => {
  certificates = await TestCertificates.make();
});
afterEach(() => certificates.remove());

const authority = () => {
  const { data } = certificates;
  const settings = { tls: 'auto', tlsCert: '', tlsKey: '', tlsCa: '', data } as const;
  return ownAuthority(settings, systemPorts());
};

describe('The CA of a data folder', () => {
  it('signs for a node that joins, with the credential that it is worth as much as', async () => {
    const { request } = await requestFor('edge-1');
    const signed = await authority()?.sign(request, 'edge-1', 'ab'.repeat(32));
    const certificate = new X509Certificate(signed?.certificate ?? '');
    expect(certificate.subject).toContain('CN=edge-1');
    expect(certificate.subject).toContain(`serialNumber=${'ab'.repeat(32)}`);
    expect(certificate.checkIssued(new X509Certificate(certificates.ca))).toBe(true);
    expect(signed?.ca).toBe(certificates.ca);
  });

  it('is none where its key is kept elsewhere', async () => {
    await rm(join(certificates.data, 'certs', 'ca.key'));
    expect(authority()).toBeNull();
  });
});

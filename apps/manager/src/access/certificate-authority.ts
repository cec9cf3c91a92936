/** Injection token of `CertificateAuthority`, or of null where there is none. */
export const CERTIFICATE_AUTHORITY = Symbol('CertificateAuthority');

/** What signs certificates of nodes. */
export interface CertificateAuthority {
  /**
   * A certificate for the key of a PKCS #10 request (PEM) whose common name is the id of the node, whatever the request
   * calls itself. `credential`: the digest of the secret that the node has (`hashOfToken`); the certificate says it,
   * and holds as long as that one stands. Throws an OakringError `invalid-field` where the request cannot be read or its key is not taken.
   */
  sign(csrPem: string, nodeId: string, credential: string): Promise<SignedCertificate>;
}

export interface SignedCertificate {
  /** PEM, with those between it and the CA. */
  readonly certificate: string;
  /** PEM. */
  readonly ca: string;
  /** ISO 8601. */
  readonly endsAt: string;
}

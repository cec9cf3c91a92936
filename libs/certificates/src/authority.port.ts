/** What a node is given. */
export interface NodeCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Certificates that others of the cluster are believed by, PEM. */
  readonly ca: string;
  /** ISO 8601. */
  readonly endsAt: string;
}

/** Makes certificates of workers; a cluster whose certificates come from elsewhere has none. */
export interface CertificateAuthority {
  /**
   * For the key of a request (PKCS #10, PEM) that whoever has it signed; what else the request says is not taken.
   * `credential` is the digest (hexadecimal) of the secret that the node joined with: the certificate says it, and is
   * worth as much as that one. Throws `invalid-field` where it is none, or its key is too weak.
   */
  sign(request: string, nodeId: string, credential: string): Promise<NodeCertificate>;
}

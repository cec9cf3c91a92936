/** What Node says of a certificate that it does not believe, by the codes of OpenSSL, and what is done about it. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'its certificate is for other names: "oakring certs renew --name" there adds one, or name it as the certificate does',
  ],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has ended: "oakring certs renew" there makes another'],
  [
    /^(CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/,
    'its certificate is not believed here: OAKRING_TLS_CA names the file of its CA (ca.crt of the manager)',
  ],
];

/** Why a broker was not reached, and what a person can do about it. `code`: of Node. */
export function whyBroken(error: Error & { readonly code?: unknown }): string {
  const said = error.message === '' ? error.name : error.message;
  const code = String(error.code ?? '');
  const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1];
  return remedy === undefined ? said : `${said}; ${remedy}`;
}

/** Whoever speaks TLS ends a connection that does not, without a word. */
export function whyClosed(url: string): string {
  const closed = 'the connection was closed';
  return url.startsWith('mqtts:')
    ? closed
    : `${closed}; where the broker speaks TLS its address begins with mqtts://`;
}

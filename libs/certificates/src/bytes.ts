/** Of this realm, in a buffer of their own: the libraries tell by the class. */
export function bytesOf(bytes: Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new Uint8Array(bytes));
}

export function pemOf(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The first block of that label. Throws an Error where there is none. */
export function bytesIn(pem: string, label: RegExp): Uint8Array<ArrayBuffer> {
  const block = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;
  for (const [, found = '', base64 = ''] of pem.matchAll(block)) {
    if (label.test(found)) return bytesOf(Buffer.from(base64, 'base64'));
  }
  throw new Error('there is none in it (PEM)');
}

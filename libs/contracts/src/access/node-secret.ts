/**
 * What a node chooses as its secret: 256 bits of chance, which take 43 digits at least where each is one of 64 or fewer.
 * A text of the form of our tokens is one (`oakring_…`), and so is what `openssl rand -hex 32` says.
 */
export const nodeSecret = /^[A-Za-z0-9+/=_-]{43,128}$/;
export const nodeSecretExpectation =
  'not a secret of 43 to 128 letters, digits and + / = _ -, such as openssl rand -hex 32 makes';

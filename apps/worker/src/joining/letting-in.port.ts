import type { GivenCertificate } from './node-certificate.js';

/** `POST /api/v1/joins` of a manager, as a worker asks it. */
export interface Asking {
  /** What lets it in: a token, or the secret that the node has. */
  readonly bearer: string;
  readonly node: string;
  /** What the node is to be known by. */
  readonly secret: string;
  readonly registrationToken: string | null;
  /** Request for a certificate (PKCS #10, PEM); null: none is wanted. */
  readonly csr: string | null;
}

/** `why`: for a person, without any secret. */
export type LetIn =
  | { readonly is: 'joined'; readonly certificate: GivenCertificate | null }
  /** Not by this, now. */
  | { readonly is: 'refused'; readonly why: string }
  /** Whoever answers there knows nothing of joining. */
  | { readonly is: 'unknown'; readonly why: string }
  /** Nobody could say: to be asked again. */
  | { readonly is: 'away'; readonly why: string };

/** Never rejects. */
export type LettingIn = (asking: Asking) => Promise<LetIn>;

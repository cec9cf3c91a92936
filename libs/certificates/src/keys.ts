import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';

/** PEM: PKCS #8, and SubjectPublicKeyInfo. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};
const leastRsaBits = 2_048;

/** ECDSA over P-256: what every client of TLS speaks, and small. */
export function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

/** As the library signs with it. Throws an Error where it is no private key that signs. */
export function signingKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const key = createPrivateKey(privateKey);
  const algorithm = algorithmOf(key);
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
}

/** As the library writes it. Throws an Error where it is none, or too weak. */
export function verifyingKey(publicKey: string | Uint8Array): Promise<webcrypto.CryptoKey> {
  const key =
    typeof publicKey === 'string'
      ? createPublicKey(publicKey)
      : createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  const algorithm = algorithmOf(key);
  const bytes = key.export({ type: 'spki', format: 'der' });
  return webcrypto.subtle.importKey('spki', bytes, algorithm, true, ['verify']);
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: Described) {
  const curve = curves[details?.namedCurve ?? ''];
  if (type === 'ec' && curve !== undefined) return { name: 'ECDSA', namedCurve: curve };
  const bits = details?.modulusLength ?? 0;
  if (type === 'rsa' && bits >= leastRsaBits) {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  const shown = type === 'rsa' ? `an RSA key of ${bits} bits` : `a key of another kind (${type})`;
  throw new Error(`it is ${shown}; ECDSA over P-256, or RSA from ${leastRsaBits} bits, is taken`);
}

interface Described {
  readonly asymmetricKeyType?: string | undefined;
  readonly asymmetricKeyDetails?:
    { readonly namedCurve?: string; readonly modulusLength?: number } | undefined;
}

export { ed25519KeyOf, fingerprintOf, isSigned, type Ed25519Key } from './ed25519.js';
export { sha256, sha256OfBytes, sha256OfHex } from './sha256.js';

export { ed25519KeyOf, fingerprintOf, isSigned } from './ed25519.js';
export { sha256, sha256OfHex } from './sha256.js';

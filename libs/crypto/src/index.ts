export { base64Of, bytesOfBase64 } from './base64.js';
export {
  ed25519BytesOf,
  ed25519KeyOf,
  ed25519KeyOfBytes,
  fingerprintOf,
  isSigned,
} from './ed25519.js';
export { bytesOfHex, hexOf, writeHex } from './hex.js';
export { sha256, sha256OfBytes, sha256OfHex } from './sha256.js';

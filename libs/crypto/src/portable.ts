import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** Browsers have these asynchronously only (Web Crypto); a fold and a verifier need them at once. */
export const portable = { bytesToHex, ed25519, hexToBytes, sha256 };

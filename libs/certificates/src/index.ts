export { Authority, makeAuthority, type Issued, type NodeCertificate } from './authority.js';
export { keyPair, publicKeyOf, type KeyPair } from './keys.js';
export { requestFor, type KeptRequest } from './request.js';

export { Authority, makeAuthority, type Issued } from './authority.js';
export { type CertificateAuthority, type NodeCertificate } from './authority.port.js';
export { keyPair, publicKeyOf, type KeyPair } from './keys.js';
export { requestFor, type KeptRequest } from './request.js';

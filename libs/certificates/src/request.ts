import { nodeOrganization } from '@oakring/contracts';
import { CertificationRequest } from 'pkijs';
import { bytesIn, pemOf } from './bytes.js';
import { keyPair, signingKey, verifyingKey, type KeyPair } from './keys.js';
import { nameOf } from './names.js';

/** A request (PKCS #10), and the key that stays with whoever made it. PEM. */
export interface KeptRequest {
  readonly request: string;
  readonly privateKey: string;
}

/** Asks for a certificate for a node, with a fresh key or the one that is there. */
export async function requestFor(nodeId: string, keys: KeyPair = keyPair()): Promise<KeptRequest> {
  const request = new CertificationRequest();
  request.subject = nameOf({ commonName: nodeId, organization: nodeOrganization });
  await request.subjectPublicKeyInfo.importKey(await verifyingKey(keys.publicKey));
  request.attributes = [];
  await request.sign(await signingKey(keys.privateKey), 'SHA-256');
  const bytes = new Uint8Array(request.toSchema(true).toBER());
  return { request: pemOf('CERTIFICATE REQUEST', bytes), privateKey: keys.privateKey };
}

/** Its key (SubjectPublicKeyInfo), of whoever signed it. Throws an Error that says why there is none. */
export async function keyAskedFor(pem: string): Promise<Uint8Array> {
  const request = CertificationRequest.fromBER(bytesIn(pem, /^(NEW )?CERTIFICATE REQUEST$/));
  const key = new Uint8Array(request.subjectPublicKeyInfo.toSchema().toBER());
  // Judged before anything is computed with it.
  await verifyingKey(key);
  if (!(await request.verify())) throw new Error('it is not signed with its own key');
  return key;
}

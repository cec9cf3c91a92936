import { isId, nodeOrganization } from '@oakring/contracts';
import { TLSSocket } from 'node:tls';

/** What a certificate of our CA says, of a connection that has shown that it has its key. */
export interface CertifiedNode {
  readonly node: string;
  /** SHA-256 (hexadecimal) of the secret that it was signed for. */
  readonly credential: string;
}

/** Whether it shows a certificate that is not believed: of another CA, ended, or for something else than clients. */
export function isUnbelieved(socket: TLSSocket): boolean {
  return subjectOf(socket) !== null && !socket.authorized;
}

/** The node that a connection shows a certificate of; null: it shows none, or one that is of no node. */
export function certifiedNode(socket: unknown): CertifiedNode | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const subject = subjectOf(socket);
  if (subject === null || subject['O'] !== nodeOrganization) return null;
  const { CN: node, serialNumber: credential } = subject;
  // A part that is there twice is a list.
  const isOne = typeof node === 'string' && isId(node) && typeof credential === 'string';
  return isOne ? { node, credential } : null;
}

/** Null: it shows no certificate. */
function subjectOf(socket: TLSSocket): Readonly<Record<string, unknown>> | null {
  // Node's types have the usual parts alone, each as a text.
  const shown = socket.getPeerCertificate() as {
    readonly subject?: Record<string, unknown>;
  } | null;
  return shown?.subject ?? null;
}

import type { FastifyRequest } from 'fastify';
import type { ClusterProof } from './cluster-proof.js';

/** The signature of a request that was forwarded: instead of a token, and never forwarded again. */
export const forwardedHeader = 'oakring-forwarded';
/** Whose request it is (`callerText`), as the manager has it that was asked. */
export const callerHeader = 'oakring-caller';

/**
 * Whose request another manager of the cluster passes on; null: it is passed on by none. Asked once of each request:
 * a signature counts once.
 */
export function forwardedBy(
  { method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>,
  proof: ClusterProof,
): { readonly caller: string } | null {
  const signature = headers[forwardedHeader];
  const caller = headers[callerHeader];
  if (typeof signature !== 'string' || typeof caller !== 'string') return null;
  return proof.admits(signature, { method, url, caller }) ? { caller } : null;
}

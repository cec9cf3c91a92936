import { createHash } from 'node:crypto';
import type { NodeCredentials } from '../door.js';

/** Nodes that joined, in memory: what the ledger says of them otherwise. */
export class KnownNodes implements NodeCredentials {
  private readonly of = new Map<string, { readonly hash: string; revoked: boolean }>();

  join(nodeId: string, secret: string): void {
    this.of.set(nodeId, { hash: hashOf(Buffer.from(secret)), revoked: false });
  }

  revoke(nodeId: string): void {
    const known = this.of.get(nodeId);
    if (known !== undefined) known.revoked = true;
  }

  forget(nodeId: string): void {
    this.of.delete(nodeId);
  }

  hasJoined(nodeId: string): boolean {
    return this.of.has(nodeId);
  }

  ofSecret(nodeId: string, secret: Uint8Array): 'holds' | 'revoked' | 'unknown' {
    const known = this.of.get(nodeId);
    if (known?.hash !== hashOf(secret)) return 'unknown';
    return known.revoked ? 'revoked' : 'holds';
  }

  stands(nodeId: string, hash: string): boolean {
    const known = this.of.get(nodeId);
    return known?.hash === hash && !known.revoked;
  }
}

function hashOf(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}

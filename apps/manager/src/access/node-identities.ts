import type { Refusal } from '@oakring/contracts';
import { hashOfToken } from '@oakring/host';
import type { Projection } from '../views/projection.js';

/** What became of a secret that is shown as a node's. `unknown`: it is not that node's, or no node has one. */
export type SecretVerdict = 'holds' | 'revoked' | 'unknown';

/**
 * Which nodes have a credential of their own, by the ledger as far as this manager has read it: what brokers ask.
 * Nothing here waits or is kept: a node that joined a moment ago is known as soon as its commit is folded.
 */
export class NodeIdentities {
  constructor(private readonly projection: Pick<Projection, 'state'>) {}

  /** `secret`: as it was shown, such as the password of a CONNECT. */
  ofSecret(node: string, secret: Uint8Array): SecretVerdict {
    const credential = this.projection.state.credentials.get(node);
    // Looked for by what nobody can choose: how long it takes to compare two digests tells nothing.
    if (credential?.hash !== hashOfToken(secret)) return 'unknown';
    return credential.revoked === null ? 'holds' : 'revoked';
  }

  /**
   * Whether a node that was let in by a secret would be again: false once the node has another one, is forgotten, or
   * its credential is revoked. `hash`: of that secret (`hashOfToken`).
   */
  stands(node: string, hash: string): boolean {
    const credential = this.projection.state.credentials.get(node);
    return credential?.revoked === null && credential.hash === hash;
  }

  /** Whether it has a credential that holds. */
  hasOwn(node: string): boolean {
    return this.projection.state.credentials.get(node)?.revoked === null;
  }

  /** Whether it has joined, be its credential revoked or not: nobody speaks for it with what several share. */
  hasJoined(node: string): boolean {
    return this.projection.state.credentials.get(node) !== undefined;
  }

  /**
   * Why nobody is heard in the node's name at a broker that does not ask us; null: whoever speaks there is. `onlyJoined`:
   * the broker lets nodes in by accounts of ours, so that one that has not joined is of another cluster.
   */
  whyUnheard(node: string, onlyJoined: boolean): Refusal | null {
    const credential = this.projection.state.credentials.get(node);
    if (credential === undefined) {
      return onlyJoined ? unheard(`Node ${node} has not joined this cluster.`) : null;
    }
    return credential.revoked === null
      ? null
      : unheard(`The credential of node ${node} was revoked.`);
  }
}

function unheard(detail: string): Refusal {
  return { code: 'unauthorized', detail };
}

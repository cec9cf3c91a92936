import { createHash, timingSafeEqual } from 'node:crypto';
import { shortened, type Refusal } from '@oakring/contracts';
import type { Speaker } from '../wires/access.js';
import type { CertifiedNode } from './certified-node.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The credentials of nodes, as far as the ledger is known here. */
export interface NodeCredentials {
  /** Whether the node has a credential of its own, also one that holds no more. */
  hasJoined(nodeId: string): boolean;
  /** What the node's credential is to whoever shows this as its secret. */
  ofSecret(nodeId: string, secret: Uint8Array): 'holds' | 'revoked' | 'unknown';
  /** Whether a secret with this SHA-256 (hexadecimal) is the node's, still. */
  stands(nodeId: string, hash: string): boolean;
}

/** Who is let in, and for what. */
export interface LetIn {
  /** Nobody has to show anything. Who shows the credential of a node is that node all the same. */
  readonly open: boolean;
  /** What devices show that have no credential of their own; null: there are none. */
  readonly shared: Credentials | null;
  readonly nodes: NodeCredentials;
  /**
   * Whether somebody with this password may speak for nodes that have no credential of their own: answered with what
   * tells whether he still may. Null: he may not.
   */
  readonly ofToken?: (password: string) => (() => boolean) | null;
  /** Whether a program at this address may come without a name: workers of some dialects have none to show. */
  readonly nameless?: (address: string) => boolean;
}

/** What a CONNECT says of who sends it. */
export interface Shown {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly address: string;
  /** The node that its certificate is of; null: it shows none of a node. */
  readonly certified: CertifiedNode | null;
}

/** A connection that was let in. */
export interface Admitted {
  readonly admitted: true;
  /** Null: it is the manager's own, which may everything. */
  readonly speaker: Speaker | null;
  /** Whose client ids are whose: within one of these a connection takes the place of another. */
  readonly space: string;
  /** Whether it would be let in again. */
  stands(): boolean;
}

export type Judgement = Admitted | { readonly admitted: false; readonly refusal: Refusal };

const always = (): boolean => true;

/** Says who a connection is, by what it shows. */
export class Door {
  constructor(
    /** What the manager's own connection shows. */
    private readonly internal: Credentials,
    private readonly letIn: LetIn,
  ) {}

  judge(shown: Shown): Judgement {
    const { open, shared, nodes, ofToken, nameless } = this.letIn;
    const { clientId, username, password, address } = shown;
    if (matches(this.internal, shown)) {
      return { admitted: true, speaker: null, space: 'manager', stands: always };
    }
    if (shown.certified !== null) return this.ofCertificate(shown.certified, shown);
    const anyone = (stands = always): Admitted => ({
      ...{ admitted: true, space: 'anyone', stands },
      speaker: { is: 'anyone', clientId },
    });
    if (shared !== null && matches(shared, shown)) return anyone();
    const stands = password === undefined ? null : ofToken?.(Buffer.from(password).toString());
    if (typeof stands === 'function') return anyone(stands);
    if (username !== undefined && nodes.hasJoined(username)) return this.ofNode(username, shown);
    if (open) return anyone();
    if (username === undefined && nameless?.(address) === true) {
      const speaker = { is: 'nameless', clientId } as const;
      return { admitted: true, speaker, space: 'nameless', stands: always };
    }
    return refused(
      username === undefined
        ? `Client ${quoted(clientId)} shows no credential.`
        : `Client ${quoted(clientId)} shows the name ${quoted(username)}, which is that of no node that joined, and no other credential of this broker.`,
    );
  }

  /** It is that node and nobody else, whatever it shows besides; a secret that it shows has to be right as well. */
  private ofCertificate({ node, credential }: CertifiedNode, shown: Shown): Judgement {
    const { clientId, username, password } = shown;
    if (username !== undefined && username !== node) {
      return refused(
        `Client ${quoted(clientId)} shows a certificate of node ${node}, and the name ${quoted(username)}.`,
      );
    }
    if (password !== undefined) return this.ofNode(node, shown);
    const stands = (): boolean => this.letIn.nodes.stands(node, credential);
    if (stands()) {
      return { admitted: true, space: `node/${node}`, speaker: { is: 'node', node }, stands };
    }
    return refused(
      `Client ${quoted(clientId)} shows a certificate of node ${node} for a credential that holds no more.`,
    );
  }

  private ofNode(node: string, { clientId, password = new Uint8Array() }: Shown): Judgement {
    const { nodes } = this.letIn;
    switch (nodes.ofSecret(node, password)) {
      case 'holds': {
        const hash = digest(password).toString('hex');
        return {
          ...{ admitted: true, space: `node/${node}`, speaker: { is: 'node', node } },
          stands: () => nodes.stands(node, hash),
        };
      }
      case 'revoked':
        return refused(
          `Client ${quoted(clientId)} shows a credential of node ${node} that was revoked.`,
        );
      case 'unknown':
        return refused(
          `Client ${quoted(clientId)} shows another secret than that of node ${node}.`,
        );
    }
  }
}

function refused(detail: string): Judgement {
  return { admitted: false, refusal: { code: 'unauthorized', detail } };
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** Both parts are always compared, in time that does not depend on where they differ. */
function matches(
  expected: Credentials,
  { username, password }: Pick<Shown, 'username' | 'password'>,
): boolean {
  const sameName = sameSecret(expected.username, username ?? '');
  const samePassword = sameSecret(expected.password, password ?? '');
  return sameName && samePassword;
}

function sameSecret(expected: string, presented: string | Uint8Array): boolean {
  return timingSafeEqual(digest(expected), digest(presented));
}

function digest(value: string | Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}

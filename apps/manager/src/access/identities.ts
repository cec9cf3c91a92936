import { nodeCaller, OakringError } from '@oakring/contracts';
import { hashOfToken, isToken, looksLikeToken } from '@oakring/host';
import { holds, maxTokens, type NodeCredentialRecord, type TokenRecord } from '@oakring/model';
import type { Clock } from '@oakring/ports';
import { timingSafeEqual } from 'node:crypto';
import type { Projection } from '../views/projection.js';
import { hashIn, innerCaller, openCaller, settingCaller, type Caller } from './caller.js';

/** Uses are remembered to the minute. */
const useMs = 60_000;

/** What is asked of whoever asks. */
interface Asked {
  /** That of the setting; null: it is not set. */
  readonly token: string | null;
  /** What the scheduler of this process shows; told to nobody. */
  readonly inner?: string | null;
  /** Whoever shows none may do everything. */
  readonly isOpen: boolean;
  /** What programs of this machine show; absent: nothing of ours. */
  readonly own?: OwnPlace | null;
}

interface OwnPlace {
  readonly folder: string;
  readonly admin: { readonly hash: string };
}

/**
 * Who is who, by the tokens of the ledger as far as this manager has read it, by the secrets of nodes, and by the token
 * of the setting. Time is that of this manager's clock: a token ends at each manager when its own says so.
 */
export class Identities {
  readonly isOpen: boolean;
  private readonly setting: Buffer | null;
  private readonly inner: Buffer | null;
  private readonly own: OwnPlace | null;
  /** By hash: the minute in which it was used last here. */
  private readonly uses = new Map<string, number>();

  constructor(
    { token, inner = null, isOpen, own = null }: Asked,
    private readonly projection: Projection,
    private readonly clock: Clock,
  ) {
    this.setting = digestOf(token);
    this.inner = digestOf(inner);
    this.isOpen = isOpen;
    this.own = own;
  }

  /** The folder in which programs of this machine find a token that holds; null: there is none. */
  get place(): string | null {
    if (this.own === null) return null;
    const record = this.recordOf(this.own.admin.hash);
    return record !== null && holds(record, this.nowMs) ? this.own.folder : null;
  }

  /** The time that tokens are judged by. */
  get nowMs(): number {
    return this.clock.wallMs();
  }

  /** Whose token it is (null: none was shown); why it counts for nothing. */
  ofBearer(token: string | null): Caller | OakringError {
    if (token === null) return this.isOpen ? openCaller : missing('The request shows no token.');
    // Once: it is most of what a request costs here.
    const hash = hashOfToken(token);
    if (isSame(hash, this.setting)) return settingCaller;
    if (isSame(hash, this.inner)) return innerCaller;
    if (this.isKnown(hash)) return this.ofHash(hash);
    if (looksLikeToken(token) && !isToken(token)) {
      return missing('The token was cut or mistyped: its last digits do not fit.');
    }
    // Where none is asked for, what is none of ours is somebody else's business.
    if (this.isOpen && !looksLikeToken(token)) return openCaller;
    return missing(hash === this.own?.admin.hash ? notYetGranted : unknown);
  }

  /**
   * Who another manager of the cluster says that it is (`callerText`). It is taken at its word for who showed a
   * token or is its scheduler, and for nothing else: what that one may, and whether it holds, is looked up here.
   */
  ofManager(text: string): Caller | OakringError {
    const hash = hashIn(text);
    if (hash !== null) return this.ofHash(hash);
    if (text === 'setting' && this.setting !== null) return settingCaller;
    // A follower's own scheduler asks the leader for nodes, by way of the follower.
    if (text === innerCaller.by) return innerCaller;
    return text === 'nothing' && this.isOpen
      ? openCaller
      : missing('The manager that passed the request on says of nobody known here.');
  }

  /** Whether whoever was let in would be again. */
  stands({ by }: Caller): boolean {
    if (typeof by === 'string') return true;
    const credential = this.credentialOf(by.hash);
    if (credential !== null) return credential.revoked === null;
    const record = this.recordOf(by.hash);
    return record !== null && holds(record, this.clock.wallMs());
  }

  /** Milliseconds since 1970, to the minute; null: not here, since this manager started. */
  lastUse(hash: string): number | null {
    return this.uses.get(hash) ?? null;
  }

  /** Whose token it is, whether it holds or not; null: nobody's here. */
  nameOf(token: string): string | null {
    const hash = hashOfToken(token);
    const credential = this.credentialOf(hash);
    return credential === null ? (this.recordOf(hash)?.name ?? null) : nodeCaller(credential.node);
  }

  /** Whether it is that of the setting: nobody else may have the same. */
  isSetting(token: string): boolean {
    return isSame(hashOfToken(token), this.setting);
  }

  private ofHash(hash: string): Caller | OakringError {
    const credential = this.credentialOf(hash);
    if (credential !== null) return ofNode(credential);
    const record = this.recordOf(hash);
    if (record === null) return missing(unknown);
    const nowMs = this.clock.wallMs();
    if (!holds(record, nowMs)) {
      const isOwn = hash === this.own?.admin.hash;
      return missing(isOwn ? `${whyEnded(record)} ${madeAnew}` : whyEnded(record));
    }
    this.noteUse(hash, nowMs);
    const { name, role, nodes } = record;
    return { name, role, nodes, by: { hash } };
  }

  private noteUse(hash: string, nowMs: number): void {
    this.uses.set(hash, nowMs - (nowMs % useMs));
    if (this.uses.size <= maxTokens) return;
    const { tokensOfHash } = this.projection.state;
    for (const each of this.uses.keys())
      if (tokensOfHash.sizeOf(each) === 0) this.uses.delete(each);
  }

  private isKnown(hash: string): boolean {
    return this.recordOf(hash) !== null || this.credentialOf(hash) !== null;
  }

  private credentialOf(hash: string): NodeCredentialRecord | null {
    const { credentials, credentialsOfHash } = this.projection.state;
    const [node] = credentialsOfHash.of(hash);
    return (node === undefined ? undefined : credentials.get(node)) ?? null;
  }

  /** Looked up by what nobody can choose, so that how long it takes tells nothing. */
  private recordOf(hash: string): TokenRecord | null {
    const { tokens, tokensOfHash } = this.projection.state;
    const [name] = tokensOfHash.of(hash);
    return (name === undefined ? undefined : tokens.get(name)) ?? null;
  }
}

function digestOf(token: string | null): Buffer | null {
  return token === null ? null : Buffer.from(hashOfToken(token));
}

function isSame(hash: string, digest: Buffer | null): boolean {
  return digest !== null && timingSafeEqual(Buffer.from(hash), digest);
}

const unknown = 'The token is not known here.';
const notYetGranted =
  'This manager made the token, and has not led since: it counts once it has. Show that of a manager that has led, ' +
  'or another one.';

const madeAnew = 'It is that of this machine: the next start of its manager makes another one.';

function ofNode({ node, hash, revoked }: NodeCredentialRecord): Caller | OakringError {
  if (revoked !== null) {
    const since = new Date(revoked.at).toISOString();
    return missing(`The credential of node ${node} was revoked ${since}.`);
  }
  return { name: nodeCaller(node), role: 'node', nodes: null, by: { hash } };
}

function whyEnded({ name, revoked, expiresAt }: TokenRecord): string {
  return revoked === null
    ? `Token ${name} ended ${new Date(expiresAt).toISOString()}.`
    : `Token ${name} was revoked ${new Date(revoked.at).toISOString()}.`;
}

function missing(detail: string): OakringError {
  return new OakringError({ code: 'unauthorized', detail });
}

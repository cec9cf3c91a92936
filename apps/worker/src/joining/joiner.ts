import { newToken } from '@oakring/host';
import type { Clock, Timer, Timers } from '@oakring/ports';
import type { WorkerLog } from '../worker-log.js';
import type { CredentialFile, NodeCredential } from './credential-file.js';
import type { LettingIn } from './letting-in.port.js';
import type { NodeCertificate } from './node-certificate.js';
import type { JoinWay } from './join-ways.js';

const dayMs = 86_400_000;
/** A secret is replaced by another one after this long: one that leaked unseen is of no use then. */
const rotateAfterMs = 30 * dayMs;
/** Whoever was refused is not let in a second later: each time is on record at the manager. */
const askAgainMs = 300_000;
/** By what a node is let in that replaces its secret. */
const bySecret = 'itself, with another secret than before';

/** What is shown at the broker. */
export interface Shown {
  readonly username: string | null;
  readonly password: string | null;
}

interface JoinerParts {
  readonly node: string;
  readonly credential: CredentialFile;
  readonly manager: LettingIn;
  /** Null: the broker is spoken to in the clear, and nothing is shown there but the secret. */
  readonly certificate: NodeCertificate | null;
  /** By which it may be let in just now; null: by none. Rejects with why that cannot be known. */
  readonly way: () => Promise<JoinWay | null>;
  /** Where a token that lets it in is looked for; null: no file was named. */
  readonly tokenFile: string | null;
  /** What a former registration was answered with: it shows that an id is this worker's that registered before it joined. */
  readonly registrationToken: () => string | null;
  readonly ports: { readonly clock: Clock; readonly timers: Pick<Timers, 'every'> };
  readonly log: WorkerLog;
}

/** Nothing can be shown at the broker: a sentence for a person. */
export class NotLetIn extends Error {}

/**
 * How this worker comes to be a node that is known by a credential of its own. It makes the secret, keeps it, and only
 * then says it, so that asking again is harmless whatever was lost.
 *
 * alone: nobody lets it in, so it shows nothing, as an open cluster wants it → (a way is there) joining: asked before
 * each connection until it is answered → joined: it shows its secret, and replaces it once that is 30 days old →
 * (the broker refuses it) in doubt: the manager is asked by the secret itself. It knows it: the broker is late, try on. It
 * does not (forgotten, an older backup): the way lets it in again with the same secret. It was revoked: only a token that
 * was given after that does, and a machine's own credential never, so that a revocation holds. Until then it says
 * nothing to the broker and says why; what runs here goes on.
 */
export class Joiner {
  private isInDoubt = false;
  private told = '';
  private refusal: {
    readonly why: string;
    readonly by: string | null;
    readonly atMs: number;
  } | null = null;
  private timer: Timer | null = null;

  constructor(private readonly parts: JoinerParts) {}

  /** How it stands, for a person. */
  get standing(): string {
    if (this.refusal !== null) return `NOT LET IN: ${this.refusal.why}`;
    const { since = null } = this.kept ?? {};
    return since === null
      ? 'none of its own: it has not joined'
      : `its own, since ${since}${this.isInDoubt ? ', which the broker refused' : ''}`;
  }

  start(): void {
    this.timer = this.parts.ports.timers.every(dayMs, () => {
      const { kept } = this;
      if (kept !== null && kept.since !== null && !this.isInDoubt) void this.renew(kept);
    });
  }

  stop(): void {
    this.timer?.cancel();
  }

  /** The broker did not take what was shown. Resolves once it is told. */
  async refused(): Promise<void> {
    this.isInDoubt = true;
    if (this.kept?.since == null) await this.tellMissing();
  }

  /** Asked before each connection. Rejects with a NotLetIn where there is no use in one. */
  async shown(): Promise<Shown> {
    const { kept } = this;
    if (kept === null || kept.since === null) {
      if (!(await this.join(kept))) return { username: null, password: null };
    } else if (this.isInDoubt) await this.settle(kept);
    else await this.renew(kept);
    return { username: this.parts.node, password: this.kept?.secret ?? null };
  }

  private get kept(): NodeCredential | null {
    return this.parts.credential.of(this.parts.node);
  }

  /** False: nobody lets it in, or nobody there knows how to. */
  private async join(kept: NodeCredential | null): Promise<boolean> {
    const way = await this.wayNow();
    if (way === null) return false;
    this.refuseAgain(way);
    const made = kept ?? this.made(newToken());
    if (kept === null) await this.parts.credential.keep(made);
    const answer = await this.ask(way.bearer, made.secret);
    if (answer.is === 'joined') await this.joined(made.secret, way.says);
    else if (answer.is === 'unknown') return false;
    else if (answer.is === 'away') throw this.away(answer.why);
    else throw this.remember(answer.why, way);
    return true;
  }

  private async settle(kept: NodeCredential): Promise<void> {
    const way = await this.wayNow();
    this.refuseAgain(way);
    const own = await this.ask(kept.secret, kept.secret);
    if (own.is === 'joined') {
      this.isInDoubt = false;
      const why = 'the manager knows this node, and the broker does not take its credential yet';
      return this.tell('refused', `${why}; trying on`);
    }
    // What it was refused for cannot be known: it is shown again.
    if (own.is !== 'refused')
      return this.tell('refused', `${this.away(own.why).message}; trying on`);
    if (await this.wasReplaced(kept)) return;
    if (way === null || !(await this.joinAgain(kept, way))) throw this.remember(own.why, way);
  }

  /** Its next secret was taken, and the answer lost: nobody else can say so. */
  private async wasReplaced({ next }: NodeCredential): Promise<boolean> {
    if (next === null) return false;
    const answer = await this.ask(next, next);
    if (answer.is === 'away') throw this.away(answer.why);
    if (answer.is !== 'joined') return false;
    await this.joined(next, bySecret);
    return true;
  }

  private async joinAgain(kept: NodeCredential, way: JoinWay): Promise<boolean> {
    const same = await this.ask(way.bearer, kept.secret);
    if (same.is === 'joined') return this.joined(kept.secret, way.says).then(() => true);
    if (same.is === 'away') throw this.away(same.why);
    if (same.is !== 'refused' || !way.isGiven) return false;
    const next = await this.next(kept);
    const other = await this.ask(way.bearer, next);
    if (other.is === 'away') throw this.away(other.why);
    if (other.is !== 'joined') return false;
    await this.joined(next, way.says);
    return true;
  }

  /** Another secret in the place of an old one; the old one is good until that is answered. */
  private async renew(kept: NodeCredential): Promise<void> {
    const nowMs = this.parts.ports.clock.wallMs();
    const isOld = nowMs - Date.parse(kept.since ?? '') > rotateAfterMs;
    if (kept.next === null && !isOld) return this.renewCertificate(kept, nowMs);
    const next = await this.next(kept);
    let answer = await this.ask(kept.secret, next);
    // It was taken before, and the answer lost.
    if (answer.is === 'refused') answer = await this.ask(next, next);
    if (answer.is === 'joined') return this.joined(next, bySecret);
    this.tell('refused', `its secret is not replaced yet: ${answer.why}`);
  }

  /** With the same secret: that it is the node's is asked again, and the answer has a certificate. */
  private async renewCertificate({ secret }: NodeCredential, nowMs: number): Promise<void> {
    const { certificate } = this.parts;
    if (certificate === null || !(await certificate.isDue(nowMs))) return;
    const answer = await this.ask(secret, secret);
    if (answer.is !== 'joined')
      this.tell('refused', `its certificate is not renewed yet: ${answer.why}`);
  }

  private async next(kept: NodeCredential): Promise<string> {
    const next = kept.next ?? newToken();
    if (kept.next === null) await this.parts.credential.keep({ ...kept, next });
    return next;
  }

  /** What is given with the answer is kept. */
  private async ask(bearer: string, secret: string): ReturnType<LettingIn> {
    const { node, manager, certificate, registrationToken } = this.parts;
    const csr = (await certificate?.request(node)) ?? null;
    const asking = { bearer, node, secret, registrationToken: registrationToken(), csr };
    const answer = await manager(asking);
    if (answer.is === 'joined' && answer.certificate !== null) {
      await certificate?.keep(answer.certificate);
    }
    return answer;
  }

  private async joined(secret: string, by: string): Promise<void> {
    const since = new Date(this.parts.ports.clock.wallMs()).toISOString();
    await this.parts.credential.keep({ ...this.made(secret), since });
    this.isInDoubt = false;
    this.refusal = null;
    this.tell('joined', `joined as ${this.parts.node}, let in by ${by}`);
  }

  private made(secret: string): NodeCredential {
    return { node: this.parts.node, secret, since: null, next: null };
  }

  private async wayNow(): Promise<JoinWay | null> {
    return this.parts.way().catch((error: unknown) => {
      this.tell('refused', error instanceof Error ? error.message : String(error));
      return null;
    });
  }

  /** Nothing is asked while the answer would be the same. */
  private refuseAgain(way: JoinWay | null): void {
    const { refusal } = this;
    if (refusal === null) return;
    const isOther = (way?.bearer ?? null) !== refusal.by;
    const isOld = this.parts.ports.clock.monotonicMs() - refusal.atMs >= askAgainMs;
    if (!isOther && !isOld) throw new NotLetIn(refusal.why);
  }

  private remember(why: string, way: JoinWay | null): NotLetIn {
    const { node } = this.parts;
    const first = why.includes('node-id-taken')
      ? ` If ${node} is this machine: oakring node revoke ${node}.`
      : '';
    const text = `the manager does not let this worker in: ${why}${first} ${this.remedy}`;
    const atMs = this.parts.ports.clock.monotonicMs();
    this.refusal = { why: text, by: way?.bearer ?? null, atMs };
    this.tell('refused', `${text} What runs here goes on`);
    return new NotLetIn(text);
  }

  /** A file that was named and is not there is what was mistyped, most often. */
  private async tellMissing(): Promise<void> {
    const { tokenFile } = this.parts;
    const isMissing = tokenFile !== null && (await this.wayNow()) === null;
    const file = isMissing ? ` There is no token in ${tokenFile}.` : '';
    this.tell('refused', `the broker lets in nobody without a credential.${file} ${this.remedy}`);
  }

  private get remedy(): string {
    const { node, tokenFile } = this.parts;
    const file =
      tokenFile === null
        ? 'a file that OAKRING_WORKER_JOIN_TOKEN_FILE names here'
        : `${tokenFile} here (OAKRING_WORKER_JOIN_TOKEN_FILE)`;
    return (
      `To let it in: oakring token create --role join --name ${node} --ids ${node} at its manager, and what that ` +
      `prints in ${file}; OAKRING_MANAGER_URL says where the manager is.`
    );
  }

  private away(why: string): NotLetIn {
    return new NotLetIn(`the manager that lets workers in cannot be asked: ${why}`);
  }

  /** The same thing once, however often it is tried. */
  private tell(kind: 'joined' | 'refused', text: string): void {
    if (text === this.told) return;
    this.told = text;
    this.parts.log(kind, text);
  }
}

import { hasFieldsOf, LeaderProof } from '@oakring/contracts/http';
import type { Ports } from '@oakring/ports';
import { createHash, createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const keyBytes = 32;
/** A ticket is used at once; a request may wait for its connection. */
const ticketMs = 10_000;
/** The second form: a manager of a release that does not say whose request it is proves nothing, and is told nothing. */
const leaderProof = 'leader 2';

/** What a request is, as both ends see it. */
export interface Forwarded {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Whose it is (`callerText`). */
  readonly caller: string;
}

/**
 * How managers of one cluster know each other, so that an address in a lease, which whoever reaches
 * the store can write, is told nothing before it has proven itself, and never an operator's token:
 *
 * 1. The follower sends a fresh challenge to the address that the lease names.
 * 2. The leader answers with a ticket, and a proof over challenge, ticket and its own address: who
 *    passes the challenge on to the real leader gets a proof for another address than its own.
 * 3. The follower sends the request without the token, signed over ticket, method, address, whose request it is, and body.
 *    The leader takes it instead of a token, once and within 10 s by its own clock.
 *
 * Whose request it is, is the follower's word. What that one may, the leader looks up itself, and whether their
 * token holds: so a follower can lend nobody more than it could do itself, as it has the token of the setting.
 *
 * The key is made of the token, which is not in the store, and the store's secret, which no stranger
 * to the store has; slowly, since a token may be easy to guess. Not covered: who listens on the line
 * between two managers (that is TLS's business, as it is for the token itself), and a cluster
 * without a token, where whoever reaches the store can prove everything.
 */
export class ClusterProof {
  /** Tickets that were used, oldest first, with the time until which they would be good. */
  private readonly used = new Map<string, number>();
  /** Tickets are ours alone: not another manager's, nor those of an earlier start. */
  private readonly ownName: string;

  private constructor(
    private readonly key: Buffer,
    private readonly ports: Ports,
  ) {
    this.ownName = ports.ids.next();
  }

  /** `secret`: the one that all managers of the store share. */
  static async of(token: string | null, secret: Buffer, ports: Ports): Promise<ClusterProof> {
    const derive = promisify<string, Buffer, number, Buffer>(scrypt);
    return new ClusterProof(await derive(token ?? '', secret, keyBytes), ports);
  }

  newChallenge(): string {
    return this.ports.ids.next();
  }

  /** The leader's answer; `ownUrl` as its lease has it. */
  answer(challenge: string, ownUrl: string): LeaderProof {
    const issued = `${Math.round(this.ports.clock.monotonicMs())}.${this.ports.ids.next()}`;
    const ticket = `${issued}.${this.mac('ticket', this.ownName, issued)}`;
    return { ticket, proof: this.mac(leaderProof, challenge, ticket, ownUrl) };
  }

  /** The ticket of an answer that proves that the leader of this cluster is at `url`; otherwise null. */
  ticketOf(answer: unknown, challenge: string, url: string): string | null {
    if (!hasFieldsOf(LeaderProof, answer)) return null;
    const { ticket, proof } = answer;
    return isSame(proof, this.mac(leaderProof, challenge, ticket, url)) ? ticket : null;
  }

  /** What a follower sends with a request instead of a token. */
  sign(ticket: string, { method, url, caller }: Forwarded, body: unknown): string {
    const digest = digestOf(body);
    return `${ticket} ${digest} ${this.mac('request', ticket, method, url, caller, digest)}`;
  }

  /** Whether a request was signed by a manager of this cluster with a ticket of ours; once. */
  admits(signature: string, { method, url, caller }: Forwarded): boolean {
    const [ticket = '', digest = '', mac = ''] = signature.split(' ');
    const [issuedAt = '', id = '', own = ''] = ticket.split('.');
    const issued = `${issuedAt}.${id}`;
    const nowMs = this.ports.clock.monotonicMs();
    const isGood =
      isSame(own, this.mac('ticket', this.ownName, issued)) &&
      isSame(mac, this.mac('request', ticket, method, url, caller, digest)) &&
      nowMs - Number(issuedAt) <= ticketMs;
    if (!isGood || this.used.has(ticket)) return false;
    this.forgetUsed(nowMs);
    this.used.set(ticket, nowMs + ticketMs);
    return true;
  }

  /** Whether the body is the one that was signed. To be asked of requests that were admitted. */
  covers(signature: string, body: unknown): boolean {
    return isSame(signature.split(' ')[1] ?? '', digestOf(body));
  }

  private forgetUsed(nowMs: number): void {
    for (const [ticket, untilMs] of this.used) {
      if (untilMs >= nowMs) return;
      this.used.delete(ticket);
    }
  }

  /** Over the parts and where each begins. */
  private mac(...parts: readonly string[]): string {
    return createHmac('sha256', this.key).update(JSON.stringify(parts)).digest('hex');
  }
}

/** Both ends have parsed the body, and write it alike. */
function digestOf(body: unknown): string {
  return createHash('sha256')
    .update(body === undefined ? '' : JSON.stringify(body))
    .digest('hex');
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

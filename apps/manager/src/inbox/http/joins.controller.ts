import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { JoinedAnswer, JoinNode } from '@oakring/contracts/http';
import { idOf, OakringError } from '@oakring/contracts';
import { hashOfToken, isToken, looksLikeToken } from '@oakring/host';
import { Refusals } from '@oakring/http';
import type { FastifyRequest } from 'fastify';
import {
  CERTIFICATE_AUTHORITY,
  type CertificateAuthority,
} from '../../access/certificate-authority.js';
import { Identities } from '../../access/identities.js';
import type { Answers, CommandQueue } from '../../commands/command.js';
import { created } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { WorkerAdmission } from '../worker-admission.js';
import { originOf } from './idempotency.js';
import { OPEN_BROKER, type OpenBroker } from './open-broker.js';
import { parsed } from './settled.js';
import { NODE_TOKENS, type TokenVerdicts } from './token-verdicts.js';

/** Machines are let in as nodes: each with a credential of its own, which it makes itself. */
@Controller('api/v1/joins')
export class JoinsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(NODE_TOKENS) private readonly tokens: TokenVerdicts,
    @Inject(OPEN_BROKER) private readonly broker: Pick<OpenBroker, 'place' | 'letIn' | 'whyTaken'>,
    @Inject(CERTIFICATE_AUTHORITY) private readonly authority: CertificateAuthority | null,
    private readonly identities: Identities,
    private readonly admission: WorkerAdmission,
    private readonly refusals: Refusals,
  ) {}

  /** The secret is what tells a repetition: no key is looked at, and what is repeated writes nothing. */
  @Post()
  @Endpoint({
    id: 'joinNode',
    tag: 'Nodes',
    summary: 'Join as a node, or renew its credential: the same again is answered alike',
    needs: 'nodes:join',
    answeredBy: 'leader',
    answers: [created(JoinedAnswer, 'Joined, and durable; or so already.')],
    problems: [
      'invalid-id',
      'join-token-used',
      'node-id-taken',
      'no-certificate-authority',
      'broker-unreachable',
      'rate-exceeded',
      'too-many-nodes',
    ],
  })
  async join(@Body() body: JoinNode, @Req() request: FastifyRequest): Promise<JoinedAnswer> {
    const node = parsed(idOf(body.node, 'node'));
    this.refuseSecret(body);
    const csr = body.csr ?? null;
    if (csr !== null && this.authority === null) {
      const detail = 'A certificate is asked for, and this manager signs none.';
      throw new OakringError({ code: 'no-certificate-authority', detail, field: 'csr' });
    }
    // Before anything is on record: what somebody else is called there is never a node.
    const taken = await this.broker.whyTaken(node);
    if (taken !== null) throw this.noted(new OakringError(taken), request);
    const { position } = await this.decided(node, body, request);
    // Also of one who asks again: the broker may have lost what it knew.
    await this.broker.letIn(node, body.secret);
    const signed = csr === null ? null : this.authority?.sign(csr, node, hashOfToken(body.secret));
    const certificate = (await signed) ?? null;
    return { node, username: node, broker: this.broker.place(), certificate, position };
  }

  private async decided(
    node: string,
    { secret, registrationToken }: JoinNode,
    request: FastifyRequest,
  ): Promise<Answers['JoinNode']> {
    const command = {
      ...({ type: 'JoinNode', node, hash: hashOfToken(secret) } as const),
      registrationToken: this.tokens.verdict(node, registrationToken ?? null),
    };
    const settle = parsed(this.admission.admit(node, command, JSON.stringify(command).length));
    let bytes = 0;
    try {
      const outcome = await this.queue.submit<'JoinNode'>(command, originOf(request, undefined));
      bytes = outcome.bytes ?? 0;
      if (outcome.status === 'accepted') return outcome.answer;
      throw this.noted(new OakringError(outcome.refusal), request);
    } finally {
      settle(bytes);
    }
  }

  private noted(problem: OakringError, request: FastifyRequest): OakringError {
    this.refusals.note(problem, request);
    return problem;
  }

  /** What was mistyped, or opens something else. */
  private refuseSecret({ secret }: JoinNode): void {
    const isCut = looksLikeToken(secret) && !isToken(secret);
    if (!isCut && !this.identities.isSetting(secret)) return;
    const detail = isCut
      ? 'secret begins as a token does, and its last digits do not fit.'
      : 'secret is that of the setting OAKRING_TOKEN, which is nobody’s own.';
    throw new OakringError({ code: 'invalid-field', detail, field: 'secret' });
  }
}

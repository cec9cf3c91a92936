import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import { JudgeKey, KeyJudged, fingerprint } from '@oakring/contracts/http';
import { signCheckpoint, signedText, type KeyStatement, type SigningKey } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { badParameter } from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE, SIGNING_KEY } from '../../injection/tokens.js';
import { ledgerKey, newestSealedTree, standing, type SeenTree } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { settled } from './settled.js';
import type { CommandOrigin } from '../../commands/origin.js';

type Verdict = KeyStatement['verdict'];

/**
 * Says which keys count. Without a body this manager signs with its own key, at its newest checkpoint; a
 * body brings a statement that somebody signed elsewhere, at the tree that he saw.
 */
@Controller('api/v1/ledger/keys/:fingerprint')
export class KeyCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(SIGNING_KEY) private readonly key: SigningKey,
    private readonly projection: Projection,
  ) {}

  @Post('endorse')
  @Endpoint({
    id: 'endorseKey',
    tag: 'Ledger',
    summary: 'Vouch for a key',
    needs: 'ledger:write',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(KeyJudged, 'What the key is now.')],
    problems: ['key-untrusted', 'tree-unknown', 'signature-invalid', 'key-unknown', 'key-judged'],
  })
  endorse(
    @Param('fingerprint') judged: string,
    @Body() body: JudgeKey,
    @Req() request: FastifyRequest,
  ): Promise<KeyJudged> {
    return this.judge('endorsed', judged, body, request);
  }

  @Post('revoke')
  @Endpoint({
    id: 'revokeKey',
    tag: 'Ledger',
    summary: 'Say that a key counts no more',
    needs: 'ledger:write',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(KeyJudged, 'What the key is now.')],
    problems: ['key-untrusted', 'tree-unknown', 'signature-invalid', 'key-unknown', 'key-judged'],
  })
  revoke(
    @Param('fingerprint') judged: string,
    @Body() body: JudgeKey,
    @Req() request: FastifyRequest,
  ): Promise<KeyJudged> {
    return this.judge('revoked', judged, body, request);
  }

  private async judge(
    verdict: Verdict,
    judged: string,
    body: JudgeKey,
    request: FastifyRequest,
  ): Promise<KeyJudged> {
    if (!fingerprint.holds(judged)) {
      throw badParameter('fingerprint', judged, fingerprint.expectation);
    }
    const isGiven = Object.keys(body).length > 0;
    const key = keyOf(request, () => hashOf(isGiven ? body : null));
    const origin = originOf(request, key);
    const said = isGiven ? givenIn(body) : await this.signed(verdict, judged, origin);
    const command = { type: 'JudgeKey', verdict, fingerprint: judged, ...said } as const;
    return settled(await this.queue.submit<'JudgeKey'>(command, origin, key));
  }

  private async signed(
    verdict: Verdict,
    judged: string,
    origin: CommandOrigin,
  ): Promise<Required<JudgeKey>> {
    const { position, merkleRoot } = await this.newestTree(origin);
    const { clusterId } = standing(this.projection.state);
    const statement = { clusterId, verdict, fingerprint: judged, position, merkleRoot };
    const signature = this.key.sign(signedText(statement));
    return { by: this.key.fingerprint, signature, position, merkleRoot };
  }

  /** What we may name is known from a checkpoint; before the first one it is made now. */
  private async newestTree(origin: CommandOrigin): Promise<SeenTree> {
    const { state } = this.projection;
    if (state.seals.get(ledgerKey) === undefined && state.head.position > 0) {
      const note = signCheckpoint(standing(state), this.key);
      settled(await this.queue.submit<'SealLedger'>({ type: 'SealLedger', note }, origin));
    }
    return newestSealedTree(state) ?? standing(state);
  }
}

/** Its fields are all there: they are checked where there is a body. */
function givenIn({ by = '', signature = '', position = 0, merkleRoot = '' }: JudgeKey) {
  return { by, signature, position, merkleRoot };
}

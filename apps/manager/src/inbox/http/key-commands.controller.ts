import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import { JudgeKey, KeyJudged, fingerprint } from '@oakring/contracts/http';
import type { KeyStatement, SigningKey } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { badParameter } from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE, SIGNING_KEY } from '../../injection/tokens.js';
import { clusterKey } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { hashOf, idempotencyKey, keyOf } from './idempotency.js';
import { settled } from './settled.js';

type Verdict = KeyStatement['verdict'];

/**
 * Says which keys count. Without a body this manager signs with its own key; a body brings a
 * statement that somebody signed elsewhere.
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
    problems: ['key-untrusted', 'signature-invalid'],
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
    problems: ['key-untrusted', 'signature-invalid'],
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
    const { by = this.key.fingerprint, signature = '-' } = isGiven
      ? body
      : this.signed(verdict, judged);
    return settled(
      await this.queue.submit<'JudgeKey'>(
        { type: 'JudgeKey', verdict, fingerprint: judged, by, signature },
        keyOf(request, () => hashOf(isGiven ? body : null)),
      ),
    );
  }

  private signed(verdict: Verdict, judged: string): { by: string; signature: string } {
    const clusterId = this.projection.state.cluster.get(clusterKey)?.clusterId ?? '';
    const signature = this.key.sign({ clusterId, verdict, fingerprint: judged });
    return { by: this.key.fingerprint, signature };
  }
}

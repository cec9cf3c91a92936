import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import type { JsonObject } from '@oakring/contracts';
import type { KeyStatement, SigningKey } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import type { Answers, CommandQueue } from '../../commands/command.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE, SIGNING_KEY } from '../../injection/tokens.js';
import { clusterKey } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { JudgeKeyDto } from './bodies/judge-key.dto.js';
import { validatedOnly } from '@oakring/http';
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
    body: { schema: 'JudgeKey', optional: true },
    answers: [ok('KeyJudged', 'What the key is now.')],
    problems: ['key-untrusted', 'signature-invalid'],
  })
  endorse(
    @Param('fingerprint') fingerprint: string,
    @Body() body: JsonObject | undefined,
    @Req() request: FastifyRequest,
  ): Promise<Answers['JudgeKey']> {
    return this.judge('endorsed', fingerprint, body, request);
  }

  @Post('revoke')
  @Endpoint({
    id: 'revokeKey',
    tag: 'Ledger',
    summary: 'Say that a key counts no more',
    needs: 'ledger:write',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    body: { schema: 'JudgeKey', optional: true },
    answers: [ok('KeyJudged', 'What the key is now.')],
    problems: ['key-untrusted', 'signature-invalid'],
  })
  revoke(
    @Param('fingerprint') fingerprint: string,
    @Body() body: JsonObject | undefined,
    @Req() request: FastifyRequest,
  ): Promise<Answers['JudgeKey']> {
    return this.judge('revoked', fingerprint, body, request);
  }

  private async judge(
    verdict: Verdict,
    fingerprint: string,
    body: JsonObject | undefined,
    request: FastifyRequest,
  ): Promise<Answers['JudgeKey']> {
    validatedOnly(JudgeKeyDto, { by: this.key.fingerprint, signature: '-', ...body, fingerprint });
    const { by, signature } = body === undefined ? this.signed(verdict, fingerprint) : body;
    return settled(
      await this.queue.submit<'JudgeKey'>(
        { type: 'JudgeKey', verdict, fingerprint, by: String(by), signature: String(signature) },
        keyOf(request, () => hashOf(body ?? null)),
      ),
    );
  }

  private signed(verdict: Verdict, fingerprint: string): { by: string; signature: string } {
    const clusterId = this.projection.state.cluster.get(clusterKey)?.clusterId ?? '';
    const signature = this.key.sign({ clusterId, verdict, fingerprint });
    return { by: this.key.fingerprint, signature };
  }
}

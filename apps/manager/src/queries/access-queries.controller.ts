import { Controller, Get, Req, Res } from '@nestjs/common';
import { TokenPage, WhoAmIAnswer, type TokenAnswer } from '@oakring/contracts/http';
import { holds, isUsedUp, type TokenRecord } from '@oakring/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayOf, seesOwnOnly } from '../access/holder.js';
import { Identities } from '../access/identities.js';
import { ok, okAtPosition } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { Projection } from '../views/projection.js';

/** Who is known here, and whoever asks. */
@Controller('api/v1')
export class AccessQueriesController {
  constructor(
    private readonly identities: Identities,
    private readonly projection: Projection,
  ) {}

  @Get('tokens')
  @Endpoint({
    id: 'listTokens',
    tag: 'Access',
    summary: 'The tokens that were created, those that hold no more among them',
    needs: 'access:read',
    answeredBy: 'any',
    answers: [okAtPosition(TokenPage, 'All of them: there are a thousand at most.')],
  })
  list(@Res({ passthrough: true }) reply: FastifyReply): TokenPage {
    const { state, position } = this.projection;
    void reply.header('oakring-position', String(position));
    const tokens = [...state.tokens.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { items: tokens.map((token) => this.answer(token)), position };
  }

  @Get('whoami')
  @Endpoint({
    id: 'whoAmI',
    tag: 'Access',
    summary: 'Whoever asks: name, role, and what that allows',
    needs: 'known',
    answeredBy: 'any',
    answers: [ok(WhoAmIAnswer, 'By the token that the request shows.')],
  })
  whoAmI(@Req() { caller }: FastifyRequest): WhoAmIAnswer {
    const { name, role, nodes, by } = caller;
    const token = typeof by === 'string' ? undefined : this.projection.state.tokens.get(name);
    return {
      ...{ name, role, permissions: mayOf(caller), nodes },
      jobs: seesOwnOnly(caller) ? 'own' : 'all',
      expires: token === undefined ? null : timeText(token.expiresAt),
    };
  }

  private answer(token: TokenRecord): TokenAnswer {
    const { name, role, nodes, by, at, expiresAt, revoked, hash, joins } = token;
    const lastUse = this.identities.lastUse(hash);
    const ended = revoked === null ? 'expired' : 'revoked';
    const holding = isUsedUp(token) ? 'used' : 'holds';
    return {
      ...{ name, role, nodes, createdBy: by, created: timeText(at), expires: timeText(expiresAt) },
      status: holds(token, this.identities.nowMs) ? holding : ended,
      joins:
        joins === null
          ? null
          : { uses: joins.uses, usesLeft: Math.max(0, joins.uses - joins.used), ids: joins.ids },
      lastUsed: lastUse === null ? null : timeText(lastUse),
      revoked: revoked === null ? null : timeText(revoked.at),
      revokedBy: revoked?.by ?? null,
    };
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

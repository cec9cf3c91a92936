import { Body, Controller, Delete, Inject, Param, Post, Req } from '@nestjs/common';
import { CreateToken, TokenCreated, TokenOrderAnswer } from '@oakring/contracts/http';
import { labelsOf, OakringError, rulesOf } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import { hashOfToken, newToken } from '../../access/token-text.js';
import type { CommandQueue } from '../../commands/command.js';
import { created, ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE, PORTS } from '../../injection/tokens.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { parsed, settled } from './settled.js';

/** Tokens are given and taken back. */
@Controller('api/v1/tokens')
export class TokenCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post()
  @Endpoint({
    id: 'createToken',
    tag: 'Access',
    summary: 'Create a token; it is shown this once',
    needs: 'access:write',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [created(TokenCreated, 'Created, and durable.')],
    problems: ['token-name-taken', 'token-shown-once', 'too-many-tokens'],
  })
  async create(@Body() body: CreateToken, @Req() request: FastifyRequest): Promise<TokenCreated> {
    const { name, role, expiresInMs = rulesOf(role).usualMs } = body;
    const nodes = body.nodes === undefined ? null : parsed(labelsOf(body.nodes, 'nodes'));
    refuseIdleLimit(body, nodes);
    const token = newToken();
    const expiresAt = this.ports.clock.wallMs() + expiresInMs;
    const command = {
      ...({ type: 'GrantToken', name, role, nodes, expiresAt } as const),
      hash: hashOfToken(token),
    };
    const key = keyOf(request, () => hashOf(body));
    const outcome = await this.queue.submit<'GrantToken'>(command, originOf(request, key), key);
    const answer = settled(outcome);
    // What is kept of the first answer has no secret in it: this one, which nobody granted, opens nothing.
    if (outcome.status === 'accepted' && outcome.repeated) {
      const detail = `Token ${name} was created by a request with this Idempotency-Key before.`;
      throw new OakringError({ code: 'token-shown-once', detail });
    }
    const expires = new Date(answer.expiresAt).toISOString();
    return { token, name, role, expires, position: answer.position };
  }

  @Delete(':name')
  @Endpoint({
    id: 'revokeToken',
    tag: 'Access',
    summary: 'Revoke a token: it holds no more, and what was opened with it is closed',
    needs: 'access:write',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(TokenOrderAnswer, 'Revoked, or so already.')],
    problems: ['token-unknown'],
  })
  async revoke(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
  ): Promise<TokenOrderAnswer> {
    const key = keyOf(request, () => hashOf({}));
    const command = { type: 'RevokeToken', name } as const;
    return settled(await this.queue.submit<'RevokeToken'>(command, originOf(request, key), key));
  }
}

/** What would limit nothing is a mistake of whoever counts on it. */
function refuseIdleLimit(
  { role }: CreateToken,
  nodes: Readonly<Record<string, string>> | null,
): void {
  if (nodes === null) return;
  const isEmpty = Object.keys(nodes).length === 0;
  if (rulesOf(role).limit === 'labels' && !isEmpty) return;
  const detail = isEmpty
    ? 'nodes names no label, which limits nothing.'
    : `nodes limits an operator; a token of role ${role} is not limited by it.`;
  throw new OakringError({ code: 'invalid-field', detail, field: 'nodes' });
}

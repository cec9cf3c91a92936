import { Body, Controller, Delete, Inject, Param, Post, Req } from '@nestjs/common';
import { CreateToken, TokenCreated, TokenOrderAnswer } from '@oakring/contracts/http';
import { idOf, labelsOf, OakringError, rulesOf, usualTokenMs } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import { hashOfToken, newToken } from '@oakring/host';
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
    problems: ['invalid-id', 'token-name-taken', 'token-shown-once', 'too-many-tokens'],
  })
  async create(@Body() body: CreateToken, @Req() request: FastifyRequest): Promise<TokenCreated> {
    const { name, role, expiresInMs = usualTokenMs(role) } = body;
    const nodes = body.nodes === undefined ? null : parsed(labelsOf(body.nodes, 'nodes'));
    refuseIdleLimit(body, nodes);
    const joins = joinsOf(body);
    const token = newToken();
    const expiresAt = this.ports.clock.wallMs() + expiresInMs;
    const command = {
      ...({ type: 'GrantToken', name, role, nodes, expiresAt } as const),
      hash: hashOfToken(token),
      ...(joins === null ? {} : { joins }),
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
  const { limit } = rulesOf(role);
  if ((limit === 'labels' || limit === 'joins') && !isEmpty) return;
  const detail = isEmpty
    ? 'nodes names no label, which limits nothing.'
    : `nodes limits an operator and a join token; a token of role ${role} is not limited by it.`;
  throw new OakringError({ code: 'invalid-field', detail, field: 'nodes' });
}

/** Of a join token: how many nodes it lets in, and which. Others let none in: null. */
function joinsOf({ role, uses, ids }: CreateToken): { uses: number; ids?: string[] } | null {
  if (rulesOf(role).limit === 'joins') {
    if (ids === undefined) return { uses: uses ?? 1 };
    const named = [...new Set(ids.map((id) => parsed(idOf(id, 'ids'))))];
    if (named.length > 0) return { uses: uses ?? named.length, ids: named };
    const detail = 'ids names none, which lets nobody in.';
    throw new OakringError({ code: 'invalid-field', detail, field: 'ids' });
  }
  const field = uses === undefined ? (ids === undefined ? null : 'ids') : 'uses';
  if (field === null) return null;
  const detail = `${field} is of a join token; one of role ${role} lets no node in.`;
  throw new OakringError({ code: 'invalid-field', detail, field });
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import { SecretPage, type SecretAnswer, type SecretUse } from '@oakring/contracts/http';
import { usesOf, type ClusterState, type SecretRecord } from '@oakring/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { seesSecret } from '../access/holder.js';
import { okAtPosition } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { Projection } from '../views/projection.js';
import { seesJobOf } from './seen-jobs.js';

/** Which secrets there are; never what they are. */
@Controller('api/v1/secrets')
export class SecretQueriesController {
  constructor(private readonly projection: Projection) {}

  @Get()
  @Endpoint({
    id: 'listSecrets',
    tag: 'Access',
    summary: 'The secrets that there are, and what uses which version of them',
    needs: 'secrets:read',
    heeds: 'itself',
    answeredBy: 'any',
    answers: [okAtPosition(SecretPage, 'All of them: there are a thousand at most.')],
  })
  list(
    @Req() { caller }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): SecretPage {
    const { state, position } = this.projection;
    void reply.header('oakring-position', String(position));
    const items = [...state.secrets.values()]
      .filter((secret) => secret.removed === null && seesSecret(caller, secret))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((secret) => answerOf(state, secret, caller));
    return { items, position };
  }
}

function answerOf(
  state: ClusterState,
  { name, by, versions }: SecretRecord,
  caller: Caller,
): SecretAnswer[] {
  const current = versions.at(-1);
  if (current === undefined) return [];
  return [
    {
      ...{ name, version: current.version, owner: by },
      ...{ changed: new Date(current.at).toISOString(), changedBy: current.by },
      usedBy: usedBy(state, name).filter(({ job }) => seesJobOf({ caller }, state, job)),
    },
  ];
}

function usedBy(state: ClusterState, name: string): SecretUse[] {
  return [...usesOf(state, name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([job, versions]) => ({
      job,
      versions: [...versions]
        .sort(([a], [b]) => a - b)
        .map(([version, instances]) => ({ version, instances })),
    }));
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import { ClusterAnswer } from '@oakring/contracts/http';
import type { NodeStatus } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { clusterKey, type ClusterState } from '@oakring/model';
import { ViewAnswers, viewParameters } from './view-answers.js';

/** The cluster as a whole, with what should alarm somebody. */
@Controller('api/v1/cluster')
export class ClusterQueriesController {
  constructor(private readonly answers: ViewAnswers) {}

  @Get()
  @Endpoint({
    id: 'showCluster',
    tag: 'Nodes',
    summary: 'The cluster as a whole, and whether there is a storm',
    needs: 'cluster:read',
    answeredBy: 'any',
    parameters: viewParameters,
    answers: viewed(ClusterAnswer, 'The cluster.'),
  })
  show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClusterAnswer | undefined> {
    return this.answers.answer({ request, reply }, (_query, { state, position }) =>
      clusterAnswer(state, position),
    );
  }
}

function clusterAnswer(state: ClusterState, position: number): ClusterAnswer {
  const cluster = state.cluster.get(clusterKey);
  const nodes: Partial<Record<NodeStatus, number>> = {};
  for (const { status } of state.nodes.values()) nodes[status] = (nodes[status] ?? 0) + 1;
  const storm = cluster?.storm ?? null;
  return {
    clusterId: cluster?.clusterId ?? '',
    name: cluster?.name ?? '',
    location: cluster?.location ?? '',
    epoch: cluster?.epoch ?? 0,
    position,
    storm: storm && { since: new Date(storm.since).toISOString(), reason: storm.reason },
    nodes,
  };
}

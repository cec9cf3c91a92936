import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ClusterAnswer } from '@oakring/contracts/http';
import type { NodeStatus } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import {
  LEADERSHIP,
  READINESS,
  ROOT_VIEW,
  rootMemoryName,
  VERIFICATION,
  verificationName,
  type LeadershipView,
  type Readiness,
  type RootView,
  type VerificationView,
} from '../injection/query-tokens.js';
import type { PartHealth } from '../injection/health.js';
import { clusterKey, type ClusterState } from '@oakring/model';
import { rootMemoryTrouble } from './root/root-memory.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

/** The cluster as a whole, with what should alarm somebody. */
@Controller('api/v1/cluster')
export class ClusterQueriesController {
  constructor(
    private readonly answers: ViewAnswers,
    @Inject(LEADERSHIP) private readonly leadership: LeadershipView,
    @Inject(VERIFICATION) private readonly verification: VerificationView,
    @Inject(ROOT_VIEW) private readonly root: RootView | null,
    @Inject(READINESS) private readonly readiness: Readiness,
  ) {}

  @Get()
  @Endpoint({
    id: 'showCluster',
    tag: 'Nodes',
    summary: 'The cluster as a whole, whether there is a storm, and what fails',
    needs: 'cluster:read',
    answeredBy: 'any',
    parameters: viewParameters,
    answers: viewed(ClusterAnswer, 'The cluster.'),
  })
  show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClusterAnswer | undefined> {
    const degraded = this.degraded();
    const beside = degraded.map(({ what, since }) => `-${what}-${since}`).join('');
    return this.answers.answer({ request, reply, beside }, (_query, { state, position, isNow }) =>
      clusterAnswer(state, position, isNow ? [...degraded, ...this.forgotten(state)] : []),
    );
  }

  private degraded(): Degraded {
    const { trouble: damage } = this.verification;
    const all = [...this.leadership.processes, { name: verificationName, trouble: damage }];
    const troubles = all.flatMap(({ name, trouble }) => shownTrouble(name, trouble));
    const told = new Set([...troubles.map(({ what }) => what), rootMemoryName]);
    return [...troubles, ...this.readiness.parts.flatMap((part) => shownPart(part, told))];
  }

  /** It changes with the position alone. */
  private forgotten(state: ClusterState): Degraded {
    if (!this.leadership.status.leading) return [];
    return shownTrouble(rootMemoryName, rootMemoryTrouble(state, this.root));
  }
}

function shownTrouble(what: string, trouble: VerificationView['trouble']): Degraded {
  if (trouble === null) return [];
  const { sinceMs, reason } = trouble;
  return [{ what, since: new Date(sinceMs).toISOString(), reason }];
}

/** A part of this manager that is not well, unless more is told of it already. */
function shownPart(
  { part: what, status, detail, remedy, sinceMs }: PartHealth,
  told: ReadonlySet<string>,
): Degraded {
  if (status === 'up' || told.has(what)) return [];
  const reason = remedy === undefined ? detail : `${detail}. ${remedy}`;
  return [{ what, since: new Date(sinceMs).toISOString(), reason }];
}

type Degraded = NonNullable<ClusterAnswer['degraded']>;

function clusterAnswer(state: ClusterState, position: number, degraded: Degraded): ClusterAnswer {
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
    ...(degraded.length > 0 ? { degraded } : {}),
  };
}

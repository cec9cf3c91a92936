import type { Provider, Type } from '@nestjs/common';
import { listenerProviders } from '@oakring/http';
import { CosignatureCommandsController } from '../inbox/http/cosignature-commands.controller.js';
import { InstanceMoves } from '../inbox/http/instance-moves.js';
import { JobCommandsController } from '../inbox/http/job-commands.controller.js';
import { JobRollbacksController } from '../inbox/http/job-rollbacks.controller.js';
import { JobUpdatesController } from '../inbox/http/job-updates.controller.js';
import { SecretCommandsController } from '../inbox/http/secret-commands.controller.js';
import { TokenCommandsController } from '../inbox/http/token-commands.controller.js';
import { JoinsController } from '../inbox/http/joins.controller.js';
import { KeyCommandsController } from '../inbox/http/key-commands.controller.js';
import { RefusedRequests } from '../inbox/http/refused-requests.js';
import { Outlooks } from '../inbox/http/outlooks.js';
import { NodeCommandsController } from '../inbox/http/node-commands.controller.js';
import { OakestraRegistrationController } from '../inbox/http/oakestra-registration.controller.js';
import { NodeOrdersController } from '../inbox/http/node-orders.controller.js';
import { OakestraImportsController } from '../inbox/imports/oakestra-imports.controller.js';
import { ServiceOrdersController } from '../inbox/root/service-orders.controller.js';
import { CheckpointQueriesController } from '../queries/ledger/checkpoint-queries.controller.js';
import { CommitQueriesController } from '../queries/ledger/commit-queries.controller.js';
import { LedgerTree } from '../queries/ledger/ledger-tree.js';
import { AccessQueriesController } from '../queries/access-queries.controller.js';
import { ClusterQueriesController } from '../queries/cluster-queries.controller.js';
import { DeadLetterQueriesController } from '../queries/dead-letter-queries.controller.js';
import { DecisionQueriesController } from '../queries/decision-queries.controller.js';
import { DiffQueriesController } from '../queries/diff-queries.controller.js';
import { EventQueriesController } from '../queries/events/event-queries.controller.js';
import { HealthController } from '../queries/health/health.controller.js';
import { InstanceQueriesController } from '../queries/instance-queries.controller.js';
import { JobQueriesController } from '../queries/job-queries.controller.js';
import { InstanceExecController } from '../exec/instance-exec.controller.js';
import { InstanceLogsController } from '../streams/instance-logs.controller.js';
import { LedgerQueriesController } from '../queries/ledger-queries.controller.js';
import { LedgerCounts } from '../queries/metrics/ledger-counts.js';
import {
  EvidenceSources,
  MetricSources,
  TrafficSources,
} from '../queries/metrics/metric-sources.js';
import { MetricsController } from '../queries/metrics/metrics.controller.js';
import { NodeChangesController } from '../queries/node-changes.controller.js';
import { NodeQueriesController } from '../queries/node-queries.controller.js';
import { SecretQueriesController } from '../queries/secret-queries.controller.js';
import { StrangerQueriesController } from '../queries/stranger-queries.controller.js';
import { RootQueriesController } from '../queries/root/root-queries.controller.js';
import { TelemetryQueriesController } from '../queries/telemetry-queries.controller.js';
import { RevisionQueriesController } from '../queries/revision-queries.controller.js';
import { ViewAnswers } from '../queries/view-answers.js';
import { ApiDocument } from '../http/docs/api-document.js';
import { logContext } from '../http/create-http-app.js';
import { LeaderProofController } from '../http/forwarding/leader-proof.controller.js';
import { DocsController } from '../http/docs/docs.controller.js';
import { PORTS } from '../injection/tokens.js';

/** Even an answer that has begun is cut when it takes longer after a shutdown began. */
const cutAfterMs = 1_500;

/**
 * The HTTP side as the manager's module lists it, besides `TerminusModule`; what it needs is provided there
 * (`manager.module.ts`), and by the inbox's part.
 */
export const httpControllers: Type[] = [
  JobCommandsController,
  JobUpdatesController,
  JobRollbacksController,
  NodeCommandsController,
  NodeOrdersController,
  ServiceOrdersController,
  OakestraImportsController,
  OakestraRegistrationController,
  ClusterQueriesController,
  RootQueriesController,
  InstanceQueriesController,
  JobQueriesController,
  RevisionQueriesController,
  InstanceLogsController,
  InstanceExecController,
  NodeQueriesController,
  NodeChangesController,
  StrangerQueriesController,
  TelemetryQueriesController,
  DecisionQueriesController,
  DiffQueriesController,
  TokenCommandsController,
  JoinsController,
  AccessQueriesController,
  SecretCommandsController,
  SecretQueriesController,
  KeyCommandsController,
  CosignatureCommandsController,
  DeadLetterQueriesController,
  LedgerQueriesController,
  CommitQueriesController,
  CheckpointQueriesController,
  EventQueriesController,
  HealthController,
  MetricsController,
  LeaderProofController,
  DocsController,
];

export const httpProviders: Provider[] = [
  InstanceMoves,
  Outlooks,
  RefusedRequests,
  LedgerTree,
  LedgerCounts,
  TrafficSources,
  EvidenceSources,
  MetricSources,
  ViewAnswers,
  ApiDocument,
  ...listenerProviders(PORTS, { logContext, cutAfterMs }),
];

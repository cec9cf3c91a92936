import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { EventLogReader, EventStore } from '@oakring/stores';
import type { SigningKey } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import { BrokerConnection } from '../connection/broker-connection.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { PastStates } from '../history/past-states.js';
import { httpControllers, httpProviders } from './http-parts.js';
import { NODE_TOKENS } from '../inbox/http/token-verdicts.js';
import { CommandIntake } from '../inbox/mqtt/command-intake.js';
import { ReadingIntake } from '../inbox/mqtt/reading-intake.js';
import { HistoryDesk } from '../inbox/mqtt/history-desk.js';
import { RegistrationDesk } from '../inbox/mqtt/registration-desk.js';
import { SignsOfLife } from '../inbox/mqtt/signs-of-life.js';
import { StaleSpeakers } from '../inbox/mqtt/stale-speakers.js';
import { WorkerMessagesController } from '../inbox/mqtt/worker-messages.controller.js';
import { NodeTokens } from '../inbox/node-tokens.js';
import { WorkerAdmission } from '../inbox/worker-admission.js';
import {
  commandsOf,
  correspondenceOf,
  TermTelemetryLog,
  workerCommandsOf,
} from '../leadership/current-term.js';
import type { Leadership } from '../leadership/leadership.js';
import { readinessOf } from '../leadership/readiness.js';
import { DEAD_LETTERS, LEADERSHIP, READINESS } from '../injection/query-tokens.js';
import { Scheduler } from '../scheduling/scheduler.port.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import {
  COMMAND_QUEUE,
  EVENT_LOG,
  PORTS,
  SIGNING_KEY,
  CORRESPONDENCE,
  MAX_NODES,
  TELEMETRY,
  TELEMETRY_LOG,
  WORKER_COMMANDS,
} from '../injection/tokens.js';
import { NodeChangeFeed } from '@oakring/model';
import { Projection } from '../views/projection.js';

/** The parts that the module ties together, made before it in the order of a start. */
export interface ManagerParts {
  readonly ports: Ports;
  readonly connection: BrokerConnection;
  readonly deadLetters: DeadLetters;
  readonly tokens: NodeTokens;
  readonly leadership: Leadership;
  readonly past: PastStates;
  readonly key: SigningKey;
  readonly log: EventLogReader;
  /** Why nothing can be appended now. */
  readonly obstacle: EventStore['obstacle'];
  readonly table: TelemetryTable;
  readonly projection: Projection;
  readonly feed: NodeChangeFeed;
  readonly scheduler: Scheduler;
}

/** Providers in the order in which the data flows: inbox, commands, log, views, queries. */
@Module({})
export class ManagerModule {
  static with(parts: ManagerParts, maxNodes: number): DynamicModule {
    const { leadership } = parts;
    return {
      module: ManagerModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [WorkerMessagesController, ...httpControllers],
      providers: [
        { provide: PORTS, useValue: parts.ports },
        { provide: BrokerConnection, useValue: parts.connection },
        { provide: DeadLetters, useValue: parts.deadLetters },
        { provide: NodeTokens, useValue: parts.tokens },
        { provide: NODE_TOKENS, useValue: parts.tokens },
        WorkerAdmission,
        { provide: MAX_NODES, useValue: maxNodes },
        CommandIntake,
        SignsOfLife,
        StaleSpeakers,
        ReadingIntake,
        RegistrationDesk,
        HistoryDesk,
        { provide: COMMAND_QUEUE, useValue: commandsOf(leadership) },
        { provide: WORKER_COMMANDS, useValue: workerCommandsOf(leadership) },
        { provide: EVENT_LOG, useValue: parts.log },
        { provide: TELEMETRY_LOG, useValue: new TermTelemetryLog(leadership) },
        { provide: TelemetryTable, useValue: parts.table },
        { provide: TELEMETRY, useValue: parts.table },
        { provide: Projection, useValue: parts.projection },
        { provide: NodeChangeFeed, useValue: parts.feed },
        { provide: PastStates, useValue: parts.past },
        { provide: SIGNING_KEY, useValue: parts.key },
        { provide: Scheduler, useValue: parts.scheduler },
        { provide: CORRESPONDENCE, useValue: correspondenceOf(leadership) },
        { provide: DEAD_LETTERS, useValue: parts.deadLetters },
        { provide: READINESS, useValue: readinessOf(leadership, parts.obstacle) },
        { provide: LEADERSHIP, useValue: leadership },
        ...httpProviders,
      ],
    };
  }
}

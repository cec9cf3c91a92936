import type { Provider, Type } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { TelemetryLogReader } from '@oakring/telemetry';
import type { BrokerConnection } from '../connection/broker-connection.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { CommandIntake } from '../inbox/mqtt/command-intake.js';
import { HistoryDesk } from '../inbox/mqtt/history-desk.js';
import { MqttInbox } from '../inbox/mqtt/mqtt-inbox.js';
import { ReadingIntake } from '../inbox/mqtt/reading-intake.js';
import { RegistrationDesk } from '../inbox/mqtt/registration-desk.js';
import { SignsOfLife } from '../inbox/mqtt/signs-of-life.js';
import { StaleSpeakers } from '../inbox/mqtt/stale-speakers.js';
import { STRANGERS } from '../injection/query-tokens.js';
import { UnknownWorkers } from '../inbox/mqtt/unknown-workers.js';
import type { MessageCounts } from '../inbox/mqtt/worker-message.js';
import { WorkerMessagesController } from '../inbox/mqtt/worker-messages.controller.js';
import { NodeTokens } from '../inbox/node-tokens.js';
import { WorkerAdmission } from '../inbox/worker-admission.js';
import {
  correspondenceOf,
  TermTelemetryLog,
  workerCommandsOf,
} from '../leadership/current-term.js';
import type { Leadership } from '../leadership/leadership.js';
import type { TermConnection } from '../leadership/term-link.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import {
  BROKER_PROVES,
  CORRESPONDENCE,
  MAX_NODES,
  PORTS,
  TELEMETRY_LOG,
  WORKER_COMMANDS,
} from '../injection/tokens.js';
import { Projection } from '../views/projection.js';
import { WorkerLine } from '../wires/worker-line.js';
import { Wires } from '../wires/wires.js';

/** The manager's connection, as the inbox uses it; a simulation has its own. */
export type InboxConnection = TermConnection & Pick<BrokerConnection, 'onMessage'>;

/** What the way in from workers leads to. */
export interface InboxParts {
  readonly ports: Ports;
  readonly connection: InboxConnection;
  readonly wires: Wires;
  readonly deadLetters: DeadLetters;
  readonly messages: MessageCounts;
  readonly tokens: NodeTokens;
  readonly leadership: Leadership;
  /** Readings of our former terms, for when another leads. */
  readonly pastReadings: TelemetryLogReader;
  readonly table: TelemetryTable;
  readonly projection: Projection;
  readonly maxNodes: number;
  /** Why what is said in a node's name counts for nothing (`MqttInbox`). */
  readonly whyUnheard: ((nodeId: string) => Refusal | null) | null;
}

export const inboxControllers: readonly Type[] = [WorkerMessagesController];

/** What workers say, on its way to a command or into the telemetry of the term. */
export function inboxProviders(parts: InboxParts): Provider[] {
  const { leadership } = parts;
  return [
    { provide: PORTS, useValue: parts.ports },
    { provide: Wires, useValue: parts.wires },
    { provide: WorkerLine, useValue: new WorkerLine(parts.connection, parts.wires) },
    { provide: DeadLetters, useValue: parts.deadLetters },
    { provide: NodeTokens, useValue: parts.tokens },
    { provide: MAX_NODES, useValue: parts.maxNodes },
    // The one in this process lets nobody speak for a node that joined but that node.
    { provide: BROKER_PROVES, useValue: parts.whyUnheard === null },
    { provide: WORKER_COMMANDS, useValue: workerCommandsOf(leadership) },
    { provide: TELEMETRY_LOG, useValue: new TermTelemetryLog(leadership, parts.pastReadings) },
    { provide: TelemetryTable, useValue: parts.table },
    { provide: Projection, useValue: parts.projection },
    { provide: CORRESPONDENCE, useValue: correspondenceOf(leadership) },
    WorkerAdmission,
    CommandIntake,
    SignsOfLife,
    StaleSpeakers,
    UnknownWorkers,
    { provide: STRANGERS, useExisting: UnknownWorkers },
    ReadingIntake,
    RegistrationDesk,
    HistoryDesk,
  ];
}

/** The transport that hands messages to the controllers of `app`, which is there by the first message. */
export function inboxOf(parts: InboxParts, app: () => { get(of: Type): unknown }): MqttInbox {
  const { table } = parts;
  return new MqttInbox(parts, {
    shed: (nodeId) => table.countShed(nodeId),
    heard: (nodeId) => (app().get(SignsOfLife) as SignsOfLife).heard(nodeId, null),
  });
}

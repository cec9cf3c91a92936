import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { DeadLetter, Refusal } from '@oakring/contracts';
import { MemoryEventLog } from '@oakring/stores';
import { type RecordedReading, type TelemetryLog } from '@oakring/telemetry';
import { systemPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../../../commands/command.js';
import { CommandWriter } from '../../../commands/writer.js';
import { BrokerConnection } from '../../../connection/broker-connection.js';
import { DeadLetters, type RefusedMessage } from '../../../dead-letters/dead-letters.js';
import { TelemetryTable } from '../../../telemetry/telemetry-table.js';
import {
  BROKER_PROVES,
  MAX_NODES,
  WORKER_COMMANDS,
  PORTS,
  CORRESPONDENCE,
  TELEMETRY_LOG,
} from '../../../injection/tokens.js';
import { ClusterState } from '@oakring/model';
import { Projection } from '../../../views/projection.js';
import { NodeTokens } from '../../node-tokens.js';
import { WorkerAdmission } from '../../worker-admission.js';
import { spokenTo } from '../../../wires/spoken.js';
import { WorkerLine } from '../../../wires/worker-line.js';
import { Wires } from '../../../wires/wires.js';
import { CommandIntake } from '../command-intake.js';
import { HistoryDesk } from '../history-desk.js';
import { MqttInbox } from '../mqtt-inbox.js';
import { ReadingIntake } from '../reading-intake.js';
import { RegistrationDesk } from '../registration-desk.js';
import { SignsOfLife } from '../signs-of-life.js';
import { StaleSpeakers } from '../stale-speakers.js';
import { UnknownWorkers } from '../unknown-workers.js';
import type { Correspondence } from '../worker-message.js';
import { WorkerMessagesController } from '../worker-messages.controller.js';

/** The whole way in, from a broker to the writer on a log in memory. */
export interface RunningInbox {
  readonly connection: BrokerConnection;
  readonly queue: CommandQueue;
  readonly projection: Projection;
  readonly table: TelemetryTable;
  readonly deadLetters: DeadLetters;
  /** Every command submitted, in order. */
  readonly commands: readonly Command[];
  readonly logged: readonly RecordedReading[];
  /** Nodes that were given up on and spoke, in order: their state is asked for. */
  readonly heardAgain: readonly string[];
  /** Resolves once `holds`, looked at after everything that may have changed it. */
  until(holds: () => boolean): Promise<void>;
  /** The newest dead letter, once there are `count` since the start. */
  deadLetter(count: number): Promise<DeadLetter | undefined>;
  stop(): Promise<void>;
}

export interface Broker {
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** It lets nobody speak for a node that joined but that node. */
  readonly proves: boolean;
}

export async function runInbox(
  broker: Broker,
  whyUnheard: ((nodeId: string) => Refusal | null) | null = null,
  clientId = 'oakring-c',
): Promise<RunningInbox> {
  // Never waits between two attempts: a reconnect that takes its time would only slow the test.
  const ports = { ...systemPorts(), randomness: { integer: () => 0 } };
  const folder = await mkdtemp(join(tmpdir(), 'oakring-inbox-'));
  const changes = changeSignal();
  const projection = new Projection(new ClusterState(true), ports);
  const writer = new CommandWriter(
    new MemoryEventLog(),
    projection,
    { epoch: 1, isHeld: true },
    ports,
    () => {},
  );
  const commands: Command[] = [];
  const queue: CommandQueue = {
    submit: (command, origin, key) => {
      commands.push(command);
      return writer.submit(command, origin, key).finally(changes.tell);
    },
  };
  // Every letter is a minute after the one before: none is left out for being one of many.
  let letterMs = 0;
  const monotonicMs = (): number => (letterMs += 60_000);
  const letterPorts = { ...ports, clock: { ...ports.clock, monotonicMs } };
  const deadLetters = await DeadLetters.open(null, letterPorts);
  const record = deadLetters.record.bind(deadLetters);
  deadLetters.record = (message: RefusedMessage) => {
    record(message);
    changes.tell();
  };
  const logged: RecordedReading[] = [];
  const heardAgain: string[] = [];
  const table = new TelemetryTable(ports);
  const wires = spokenTo(projection);
  const { username, password } = broker;
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const connection = new BrokerConnection(
    () => ({ url, username, password, clientId }),
    wires.subscriptions,
    ports,
  );
  const module = await Test.createTestingModule({
    controllers: [WorkerMessagesController],
    providers: [
      CommandIntake,
      WorkerAdmission,
      { provide: MAX_NODES, useValue: 100 },
      { provide: BROKER_PROVES, useValue: broker.proves },
      RegistrationDesk,
      HistoryDesk,
      SignsOfLife,
      StaleSpeakers,
      UnknownWorkers,
      ReadingIntake,
      { provide: PORTS, useValue: ports },
      { provide: WORKER_COMMANDS, useValue: queue },
      {
        provide: CORRESPONDENCE,
        useValue: {
          ...silentCorrespondence,
          registered: (id: string) => table.touch(id),
          heardAgain: (id: string) => void heardAgain.push(id),
        },
      },
      { provide: TELEMETRY_LOG, useValue: telemetryLog(logged, changes.tell) },
      { provide: Projection, useValue: projection },
      { provide: TelemetryTable, useValue: table },
      { provide: DeadLetters, useValue: deadLetters },
      { provide: NodeTokens, useValue: await NodeTokens.open(folder) },
      { provide: BrokerConnection, useValue: connection },
      { provide: Wires, useValue: wires },
      { provide: WorkerLine, useValue: new WorkerLine(connection, wires) },
    ],
  }).compile();
  const heard = (nodeId: string): void => module.get(SignsOfLife).heard(nodeId, null);
  const strategy = new MqttInbox(
    { connection, deadLetters, wires, messages: new Map(), ports, whyUnheard },
    { shed: () => {}, heard },
  );
  const app: INestMicroservice = module.createNestMicroservice({ strategy, logger: false });
  await app.listen();
  const up = new Promise<void>((resolve) => connection.onUp(resolve));
  connection.start(() => true);
  await up;
  return {
    connection,
    queue,
    projection,
    table,
    deadLetters,
    commands,
    logged,
    heardAgain,
    until: changes.until,
    async deadLetter(count) {
      await changes.until(() => total(deadLetters) >= count);
      return deadLetters.list(1)[0];
    },
    async stop() {
      await connection.stop();
      await app.close();
      await writer.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function changeSignal(): { tell: () => void; until(holds: () => boolean): Promise<void> } {
  let listeners: (() => void)[] = [];
  return {
    // Told when a promise has settled, heard once its followers have run.
    tell: () => void setImmediate(() => listeners.splice(0).forEach((listener) => listener())),
    async until(holds) {
      while (!holds()) await new Promise<void>((resolve) => listeners.push(resolve));
    },
  };
}

function total(deadLetters: DeadLetters): number {
  return [...deadLetters.counts().values()].reduce((sum, count) => sum + count, 0);
}

function telemetryLog(logged: RecordedReading[], tell: () => void): TelemetryLog {
  return {
    append(readings) {
      logged.push(...readings);
      tell();
      return 0;
    },
    get newest() {
      return logged.length;
    },
    flush: () => Promise.resolve(),
    expired: () => Promise.resolve([]),
    drop: () => Promise.resolve(),
    read: () => Promise.resolve(),
    floor: () => Promise.resolve(null),
    lines: async function* () {},
    close: () => Promise.resolve(),
  };
}

const silentCorrespondence: Correspondence = {
  provesAbsence: () => false,
  confirms: () => false,
  registered: () => {},
  heardAgain: () => {},
  progressed: () => {},
  readingTaken: () => {},
  sighted: () => [],
  told: () => [],
  concluded: () => [],
  streamed: () => {},
};

import { generateKeyPairSync } from 'node:crypto';
import { OakringError, type ScheduleAnswer, type ScheduleRequest } from '@oakring/contracts';
import { seededRandomness, type Ports } from '@oakring/ports';
import { startLoops } from '../apps/manager/src/compose/start-loops.js';
import type { CommandQueue } from '../apps/manager/src/commands/command.js';
import type { BrokerConnection } from '../apps/manager/src/connection/broker-connection.js';
import type { DeadLetters, RefusedMessage } from '../apps/manager/src/dead-letters/dead-letters.js';
import { InstanceMoves } from '../apps/manager/src/inbox/http/instance-moves.js';
import { CommandIntake } from '../apps/manager/src/inbox/mqtt/command-intake.js';
import { HistoryDesk } from '../apps/manager/src/inbox/mqtt/history-desk.js';
import { ReadingIntake } from '../apps/manager/src/inbox/mqtt/reading-intake.js';
import { RegistrationDesk } from '../apps/manager/src/inbox/mqtt/registration-desk.js';
import { SignsOfLife } from '../apps/manager/src/inbox/mqtt/signs-of-life.js';
import { StaleSpeakers } from '../apps/manager/src/inbox/mqtt/stale-speakers.js';
import { WorkerMessagesController } from '../apps/manager/src/inbox/mqtt/worker-messages.controller.js';
import { NodeTokens } from '../apps/manager/src/inbox/node-tokens.js';
import { WorkerAdmission } from '../apps/manager/src/inbox/worker-admission.js';
import {
  commandsOf,
  correspondenceOf,
  TermTelemetryLog,
  workerCommandsOf,
} from '../apps/manager/src/leadership/current-term.js';
import { catchUp } from '../apps/manager/src/leadership/catch-up.js';
import { Leadership } from '../apps/manager/src/leadership/leadership.js';
import { TelemetryTable } from '../apps/manager/src/telemetry/telemetry-table.js';
import { ClusterState, NodeChangeFeed } from '@oakring/model';
import { Projection } from '../apps/manager/src/views/projection.js';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import { signingKeyOf } from '@oakring/events';
import { jobsToPlan, NodeTable, planJobs, policy } from '@oakring/planning';
import { SimulatedConnection } from './manager-connection.js';
import type { Network } from './network.js';
import { SimulatedLog, type StoredCommits } from './store.js';
import { Life, type World } from './world.js';

const key = signingKeyOf(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

/** The scheduler's state of health, over all managers. */
export interface SchedulerHealth {
  isAway: boolean;
}

/** One start of the manager, whole but for HTTP: its inbox, its term with all loops, its views. */
export class SimulatedManager {
  readonly life = new Life('manager');
  readonly projection: Projection;
  readonly queue: CommandQueue;
  readonly moves: InstanceMoves;
  readonly refused: RefusedMessage[] = [];
  private readonly leadership: Leadership;
  private readonly log: SimulatedLog;
  private readonly connection: SimulatedConnection;
  private readonly table: TelemetryTable;
  private readonly feed: NodeChangeFeed;
  private readonly nodes = new NodeTable();

  constructor(
    private readonly world: World,
    network: Network,
    stored: StoredCommits,
    private readonly health: SchedulerHealth,
  ) {
    const { life } = this;
    const ports = world.portsOf(life);
    this.projection = new Projection(new ClusterState(true), ports);
    this.table = new TelemetryTable(ports);
    this.feed = new NodeChangeFeed(this.projection.state);
    this.projection.onProjected((events, head, { nodes }) => {
      this.feed.record(head.position, nodes);
    });
    this.connection = new SimulatedConnection(network, life);
    const scheduler = { schedule: (request: ScheduleRequest) => this.schedule(request, ports) };
    this.log = new SimulatedLog(stored, world, life, ports.timers);
    this.leadership = new Leadership(null, () => 'http://simulated', {
      ...{ log: this.log, place: 'the simulation' },
      ...{ projection: this.projection, connection: this.connection, scheduler, table: this.table },
      reachesBroker: async () => true,
      storeTime: async () => ports.clock.wallMs(),
      startLoops,
      openTelemetryLog: async () => new MemoryTelemetryLog(),
      leader: () => ({
        ...{ clusterName: 'simulated', clusterLocation: '', software: 'simulator', host: 'here' },
        ...{ pid: 1, url: 'http://simulated', key },
      }),
      ports,
      warn: () => {},
    });
    this.queue = commandsOf(this.leadership);
    this.moves = new InstanceMoves(this.queue, scheduler, this.projection);
    this.connection.receive = this.inbox(ports);
    this.connection.lost = (nodeId) => this.leadership.current?.connectionLost(nodeId);
  }

  /** Reads the log, opens its epoch, and lets the world in. */
  async start(): Promise<void> {
    const failed = (error: unknown): void => {
      this.failure = error;
    };
    this.leadership.failed.catch(failed);
    await catchUp(this.log, this.projection, 'the simulation');
    this.leadership.start().then(() => this.leadership.startPlacing(), failed);
  }

  /** What ended it, if anything did. */
  failure: unknown = null;

  get isLeading(): boolean {
    return this.leadership.status.leading;
  }

  /** `kill -9`. */
  kill(): void {
    this.life.isDead = true;
    void this.connection.stop();
  }

  private inbox(ports: Ports): (topic: string, payload: Buffer, retained: boolean) => void {
    const queue = workerCommandsOf(this.leadership);
    // What is used of them here; the rest needs a folder or a broker.
    const letters = { record: (letter: RefusedMessage) => this.refused.push(letter) };
    const deadLetters = letters as unknown as DeadLetters;
    const connection = this.connection as unknown as BrokerConnection;
    const correspondence = correspondenceOf(this.leadership);
    const { projection, table } = this;
    const admission = new WorkerAdmission(projection, queue, ports, 10_000);
    const intake = new CommandIntake(queue, deadLetters, admission);
    const telemetry = new TermTelemetryLog(this.leadership);
    const tokens = NodeTokens.of(Buffer.alloc(32, 7));
    const desk = new RegistrationDesk(
      ...([intake, tokens, connection, projection, correspondence, ports] as const),
    );
    const stale = new StaleSpeakers(desk, queue, ports);
    const life = new SignsOfLife(projection, table, stale, queue, correspondence);
    const readings = new ReadingIntake(
      ...([projection, table, deadLetters, life, telemetry, correspondence, ports] as const),
    );
    const histories = new HistoryDesk(intake, connection, table, life);
    const controller = new WorkerMessagesController(
      ...([readings, desk, intake, histories, life, correspondence, ports] as const),
    );
    return (topic, payload, retained) => {
      const [, nodeId = '', kind = ''] = topic.split('/');
      if (kind === 'information') return controller.information([{ nodeId, payload }]);
      const message = { nodeId, topic, payload, retained };
      switch (kind) {
        case 'registration':
          return void controller.registration(message);
        case 'status':
          return void controller.status(message);
        case 'acks':
          return void controller.acks(message);
        case 'state':
          return void controller.state(message);
        case 'history':
          return void controller.history(message);
        default:
          throw new Error(`no such topic: ${topic}`);
      }
    };
  }

  /** The real planner on a copy of the node view, a call away. */
  private async schedule(
    request: ScheduleRequest,
    ports: Ports,
  ): Promise<{ answers: ScheduleAnswer[] }> {
    await ports.timers.sleep(this.world.between(1, 20));
    if (this.health.isAway) {
      const detail = 'The scheduler does not answer.';
      throw new OakringError({ code: 'scheduler-unavailable', detail });
    }
    const { table: telemetry, nodes } = this;
    nodes.apply({
      position: this.projection.position,
      ...this.feed.since(nodes.position),
      telemetry: telemetry.foreignSince(nodes.telemetry).newest,
      foreign: [],
    });
    const jobs = jobsToPlan(request.jobs, () => ports.randomness.integer(2 ** 31));
    const positions = { ledger: nodes.position, telemetry: nodes.telemetry };
    const answers = planJobs(nodes, jobs, seededRandomness).map((plan, index) => ({
      workers: plan.placements.map(({ nodeId }) => nodeId),
      job: request.jobs[index]?.job ?? { id: '' },
      ...plan,
      policy,
      seed: jobs[index]?.seed ?? 0,
      positions,
    }));
    await ports.timers.sleep(this.world.between(1, 20));
    return { answers };
  }
}

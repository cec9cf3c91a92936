import { NestFactory } from '@nestjs/core';
import type { INestMicroservice } from '@nestjs/common';
import type { CommandQueue } from '../apps/manager/src/commands/command.js';
import { composeManager, startViews } from '../apps/manager/src/compose/compose-manager.js';
import {
  inboxControllers,
  inboxOf,
  inboxProviders,
} from '../apps/manager/src/compose/inbox-parts.js';
import { DeadLetters } from '../apps/manager/src/dead-letters/dead-letters.js';
import { InstanceMoves } from '../apps/manager/src/inbox/http/instance-moves.js';
import { NodeTokens } from '../apps/manager/src/inbox/node-tokens.js';
import { WorkerAdmission } from '../apps/manager/src/inbox/worker-admission.js';
import { commandsOf } from '../apps/manager/src/leadership/current-term.js';
import type { Leadership } from '../apps/manager/src/leadership/leadership.js';
import { onceThere } from '../apps/manager/src/leadership/once-there.js';
import { recover } from '../apps/manager/src/leadership/recover.js';
import { RootStanding } from '../apps/manager/src/root/root-standing.js';
import type { TelemetryTable } from '../apps/manager/src/telemetry/telemetry-table.js';
import { Undo } from '@oakring/ports';
import type { Projection } from '../apps/manager/src/views/projection.js';
import type { SigningKey } from '@oakring/events';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import type { Disk } from './disk.js';
import { SimulatedConnection } from './manager-connection.js';
import type { Network } from './network.js';
import { OpenDesk } from './open-desk.js';
import type { SimulatedRoot } from './root.js';
import { SimulatedScheduler, type SchedulerHealth } from './scheduler.js';
import type { SimulatedStore } from './store.js';
import { SimulatedLeases, SimulatedLog, StoreLine, type StoreRoute } from './store-line.js';
import { Life, type World } from './world.js';

/** The cluster's secret, which its managers share. */
const tokens = NodeTokens.of(Buffer.alloc(32, 7));
const maxNodes = 10_000;

/** What all managers of a simulated cluster stand on. */
export interface Ground {
  readonly world: World;
  readonly network: Network;
  readonly store: SimulatedStore;
  readonly scheduler: SchedulerHealth;
  /** Whom the cluster works for; null: nobody. */
  readonly root: SimulatedRoot | null;
}

/** A manager's machine, which outlives its starts. */
export interface Host {
  readonly name: string;
  readonly url: string;
  readonly key: SigningKey;
  readonly disk: Disk;
  readonly route: StoreRoute;
  /** How much its clock is wrong, milliseconds. */
  clockErrorMs: number;
}

/** The way in from workers, as Nest hosts it in a real manager. */
class SimulatedInbox {}

/** What stands once the log was read. */
interface Parts {
  readonly projection: Projection;
  readonly table: TelemetryTable;
  readonly leadership: Leadership;
  readonly queue: CommandQueue;
  readonly moves: InstanceMoves;
  /** Where Oakestra's workers and its root call. */
  readonly open: OpenDesk;
}

/**
 * One start of a manager: composed as a real one is, of what is simulated. HTTP is left out: it listens
 * on real sockets, in real time.
 */
export class SimulatedManager {
  readonly life: Life;
  /** What ended it, if anything did. */
  failure: unknown = null;
  /** Null while it reads the log. */
  parts: Parts | null = null;
  private readonly letters: { current: DeadLetters | null } = { current: null };
  private readonly connection: SimulatedConnection;
  private readonly stopping = new Undo();

  constructor(
    private readonly ground: Ground,
    readonly host: Host,
  ) {
    this.life = new Life(host.name, host);
    this.connection = new SimulatedConnection(ground.network, ground.world, this.life, host.name);
  }

  get isLeading(): boolean {
    return this.parts?.leadership.status.leading ?? false;
  }

  /** Why a message could not be handled; null: none was too much. */
  get bug(): string | null {
    const letters = this.letters.current;
    if (!letters?.counts().has('internal')) return null;
    return letters.list().find(({ code }) => code === 'internal')?.reason ?? 'not kept';
  }

  /** Reads the log, composes itself, and lets the world in. */
  async start(): Promise<void> {
    try {
      this.parts = await this.compose();
      const { leadership } = this.parts;
      leadership.failed.catch((error: unknown) => this.fail(error));
      // Over a folder it leads once this is through; its store may keep it waiting.
      leadership.start().then(
        () => leadership.startPlacing(),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  /** SIGTERM: resolves once the process would end by itself. */
  async stop(): Promise<void> {
    await this.stopping.run();
  }

  /** `kill -9`. */
  kill(): void {
    this.life.isDead = true;
    this.ground.network.detach(this.connection);
  }

  private fail(error: unknown): void {
    if (!this.life.isDead) this.failure = error;
  }

  private async compose(): Promise<Parts> {
    const { ground, host, life, connection, stopping } = this;
    const { world, store } = ground;
    const ports = world.portsOf(life);
    const around = { ports, warn: () => {} };
    const line = new StoreLine(store, world, life, host.route);
    const log = new SimulatedLog(line, ports.timers);
    const place = 'the simulated store';
    stopping.add(() => log.close());
    const disk = host.disk.usedBy(life);
    const recovered = await onceThere(() => recover(log, disk, place), around);
    const views = startViews(recovered.state, disk, around, stopping);
    const { projection, wires } = views;
    const { isLocal } = host.route;
    const deadLetters = await DeadLetters.open(null, ports);
    this.letters.current = deadLetters;
    const scheduler = new SimulatedScheduler(
      world,
      ground.scheduler,
      ports,
      () => made.table,
      views,
    );
    const { clock } = ports;
    const link = ground.root?.seenFrom(host.name, ports) ?? null;
    const standing = new RootStanding(clock);
    const root = link === null ? null : { root: link, standing, forgetful: 'keep' as const };
    const made = composeManager(
      views,
      {
        ...{
          ...around,
          connection,
          scheduler,
          key: host.key,
          outsiders: {
            ...{ authority: null, witnesses: [], root, network: null },
            ...{ accounts: null, vault: null },
          },
        },
        store: {
          ...{ log, place, leases: isLocal ? null : new SimulatedLeases(line) },
          restoring: { read: async () => null },
          time: isLocal ? null : () => line.call(() => world.wallMs),
        },
        reachesBroker: () => connection.reaches(),
        // Only a broker in the same process tells.
        onWorkerGone: (listener) => isLocal && connection.onWorkerGone(listener),
        openTelemetryLog: async () => new MemoryTelemetryLog(),
        url: () => host.url,
        leader: {
          ...{ clusterName: 'simulated', clusterLocation: '', software: 'simulator' },
          ...{ host: host.name, pid: 1 },
        },
      },
      stopping,
    );
    const pastReadings = new MemoryTelemetryLog();
    const kept = { deadLetters, tokens, pastReadings };
    const inbox = { ...made, ...kept, ports, projection, wires, maxNodes, whyUnheard: null };
    const app = await world.outsideOfTime(this.letWorkersIn(inbox));
    const broker = {
      place: () => ({ host: null, port: 10_003, tls: false }),
      whyTaken: async () => null,
      letIn: async () => {},
      portToTell: () => (connection.connected ? 10_003 : null),
      lastHeardMs: (nodeId: string) => made.table.lastSeenMs(nodeId),
    };
    const open = new OpenDesk({ ...inbox, broker, admission: app.get(WorkerAdmission) });
    const queue = commandsOf(made.leadership);
    const moves = new InstanceMoves(queue, scheduler, projection);
    return { ...made, projection, queue, moves, open };
  }

  private async letWorkersIn(
    parts: Omit<Parameters<typeof inboxOf>[0], 'connection'>,
  ): Promise<INestMicroservice> {
    const inbox = { ...parts, connection: this.connection };
    const app: INestMicroservice = await NestFactory.createMicroservice(
      {
        module: SimulatedInbox,
        controllers: [...inboxControllers],
        providers: inboxProviders(inbox),
      },
      { strategy: inboxOf(inbox, () => app), logger: false, abortOnError: false },
    );
    await app.listen();
    return app;
  }
}

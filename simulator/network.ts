import type {
  Address,
  Connection,
  LineListener,
  LineOptions,
  ManagerEnd,
  ManagerLink,
  Weather,
} from './lines.js';
import { Life, type World } from './world.js';

interface Said {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain?: boolean | undefined;
}

/** Whoever listens in. */
export interface NetworkListeners {
  /** A manager says something; which start it is about, where that is not in the message. */
  spoken(end: ManagerEnd, topic: string, payload: string): Address | null;
  /** A manager hears something. */
  heard(topic: string): void;
  /** A machine is cut off up to then. */
  cut(nodeId: string, untilMs: number): void;
  /** Managers are heard and hear, from now on; or not any more. */
  linked(isLinked: boolean): void;
}

/**
 * A broker and its lines. A connection keeps its order and loses nothing but unacknowledged messages
 * while it lasts; what was under way is gone with it (clean sessions). A copy that comes late is how
 * reordering looks above TCP.
 */
export class Network {
  readonly life = new Life('broker');
  weather: Weather = { loss: 0, duplicates: 0, mostDelayMs: 10 };
  private readonly connections = new Map<string, Connection>();
  private readonly retained = new Map<string, string>();
  private readonly partitioned = new Set<string>();
  private manager: ManagerLink | null = null;
  /** Machines of managers that do not reach the broker, and until when. */
  private readonly cutManagers = new Map<string, number>();
  private isDown = false;

  constructor(
    private readonly world: World,
    private readonly listeners: NetworkListeners,
  ) {}

  /** Whether a machine's messages get anywhere at all. */
  isCutOff(nodeId: string): boolean {
    return this.partitioned.has(nodeId);
  }

  /** The worker side; null: there is no way to the broker just now. */
  open(
    nodeId: string,
    life: Life,
    options: LineOptions,
    listener: LineListener,
  ): Connection | null {
    if (this.isDown || this.isCutOff(nodeId)) return null;
    const { nowMs } = this.world;
    const connection: Connection = {
      ...{ nodeId, life, options, listener, isOpen: true, cutUntilMs: 0 },
      ...{ upMs: nowMs, downMs: nowMs },
    };
    const before = this.connections.get(nodeId);
    if (before !== undefined) this.close(before, true);
    this.connections.set(nodeId, connection);
    this.world.schedule(life, this.delayMs(), () => {
      if (connection.isOpen) listener.up();
    });
    return connection;
  }

  /** Its end is noticed by both sides. `unclean`: the broker publishes the will. */
  close(connection: Connection, unclean: boolean): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    if (this.connections.get(connection.nodeId) === connection) {
      this.connections.delete(connection.nodeId);
    }
    const { life, listener, options, nodeId } = connection;
    this.world.schedule(life, 1, () => listener.down('the connection broke'));
    if (!unclean) return;
    const will = options.will();
    if (will !== null) {
      this.retained.set(will.topic, will.payload);
      this.toManager(will.topic, will.payload, this.world.nowMs + 1);
    }
    const { manager } = this;
    if (manager !== null) this.world.schedule(manager.end.life, 1, () => manager.end.gone(nodeId));
  }

  /** Its worker takes leave, and nobody is told. */
  leave(connection: Connection): void {
    connection.isOpen = false;
    this.connections.delete(connection.nodeId);
  }

  /** `acknowledged`: the broker has it, and its word of that came through. */
  fromWorker(
    connection: Connection,
    { topic, payload, qos, retain }: Said,
    acknowledged: (() => void) | null = null,
  ): void {
    if (qos === 0 && this.world.happens(this.weather.loss)) return;
    const atMs = this.nextMs(connection, 'upMs');
    const deliver = (): void => {
      if (!connection.isOpen && retain !== true) return;
      if (retain === true) this.retained.set(topic, payload);
      this.toManager(topic, payload, this.world.nowMs);
      if (acknowledged !== null) this.acknowledge(connection, acknowledged);
      if (qos === 1 && connection.options.repeats && this.world.happens(this.weather.duplicates)) {
        this.toManager(topic, payload, this.world.nowMs + this.lateMs());
      }
    };
    this.world.schedule(this.life, atMs - this.world.nowMs, deliver);
  }

  private acknowledge(connection: Connection, acknowledged: () => void): void {
    this.world.schedule(connection.life, this.delayMs(), () => {
      if (connection.isOpen) acknowledged();
    });
  }

  private toManager(topic: string, payload: string, atMs: number): void {
    const { manager } = this;
    if (manager === null) return;
    const bytes = Buffer.from(payload);
    const inMs = this.opensMs(manager, atMs) - this.world.nowMs;
    this.world.schedule(manager.end.life, inMs, () => {
      if (!manager.isOpen) return;
      this.listeners.heard(topic);
      manager.end.message(topic, bytes, false);
    });
  }

  /** Resolves with the broker's acknowledgement; rejects when the link ends before that. */
  fromManager(end: ManagerEnd, topic: string, payload: string, qos: 0 | 1): Promise<void> {
    const { manager } = this;
    if (manager?.end !== end || !manager.isOpen) return Promise.reject(new Error('not connected'));
    const start = this.listeners.spoken(end, topic, payload);
    const [, nodeId = ''] = topic.split('/');
    const inMs = this.opensMs(manager, this.world.nowMs) - this.world.nowMs;
    const arrive = (): void => {
      const connection = this.connections.get(nodeId);
      if (manager.isOpen && connection !== undefined) {
        this.toWorker(connection, { topic, payload, qos }, start);
      }
    };
    if (inMs === 0) arrive();
    else this.world.schedule(this.life, inMs, arrive);
    return new Promise((resolve, reject) => {
      const broke = (): void => reject(new Error('the connection broke'));
      manager.pending.add(broke);
      this.world.schedule(end.life, inMs + this.delayMs(), () => {
        manager.pending.delete(broke);
        if (manager.isOpen) resolve();
      });
    });
  }

  /** When what is sent over this link at that time gets through. */
  private opensMs({ end }: ManagerLink, atMs: number): number {
    return Math.max(atMs, this.cutManagers.get(end.machine) ?? 0);
  }

  private toWorker(
    connection: Connection,
    { topic, payload, qos }: Omit<Said, 'retain'>,
    start: Address | null,
  ): void {
    if (qos === 0 && this.world.happens(this.weather.loss)) return;
    const bytes = Buffer.from(payload);
    const deliver = (): void => {
      if (connection.isOpen) connection.listener.message(topic, bytes, false, start);
    };
    const atMs = this.nextMs(connection, 'downMs');
    this.world.schedule(connection.life, atMs - this.world.nowMs, deliver);
    if (qos === 1 && connection.options.repeats && this.world.happens(this.weather.duplicates)) {
      const lateMs = atMs - this.world.nowMs + this.lateMs();
      this.world.schedule(connection.life, lateMs, deliver);
    }
  }

  /** When the next message of a connection arrives: after the one before, and not while it is cut. */
  private nextMs(connection: Connection, way: 'upMs' | 'downMs'): number {
    const soonest = Math.max(this.world.nowMs, connection.cutUntilMs) + this.delayMs();
    connection[way] = Math.max(connection[way], soonest);
    return connection[way];
  }

  private delayMs(): number {
    return this.world.between(1, this.weather.mostDelayMs);
  }

  /** How much later a copy comes: often soon, sometimes when all around it is over. */
  private lateMs(): number {
    return this.world.between(1, this.world.happens(50) ? 2_000 : 20_000);
  }

  /** A worker's process ended: its socket closes at once, or its machine is gone without a word. */
  died(nodeId: string, isSilent: boolean): void {
    const connection = this.connections.get(nodeId);
    if (connection === undefined) return;
    const inMs = isSilent ? connection.options.keepaliveMs : 1;
    this.world.schedule(this.life, inMs, () => this.close(connection, true));
  }

  /** Nothing passes between these nodes and the broker for a while. */
  partition(nodeIds: readonly string[], forMs: number): void {
    for (const nodeId of nodeIds) {
      this.partitioned.add(nodeId);
      this.listeners.cut(nodeId, this.world.nowMs + forMs);
      const connection = this.connections.get(nodeId);
      if (connection === undefined) continue;
      connection.cutUntilMs = this.world.nowMs + forMs;
      const { keepaliveMs } = connection.options;
      if (forMs > keepaliveMs) {
        this.world.schedule(this.life, keepaliveMs, () => this.close(connection, true));
      }
    }
    this.world.schedule(this.life, forMs, () => {
      for (const nodeId of nodeIds) this.partitioned.delete(nodeId);
    });
  }

  /** The broker is away for a while: every line breaks, and it has forgotten nothing but those. */
  restart(forMs: number): void {
    if (this.isDown) return;
    this.isDown = true;
    for (const connection of [...this.connections.values()]) this.close(connection, false);
    const { manager } = this;
    if (manager !== null) this.drop(manager.end);
    this.world.schedule(this.life, forMs, () => {
      this.isDown = false;
    });
  }

  isReachable({ machine }: ManagerEnd): boolean {
    return !this.isDown && (this.cutManagers.get(machine) ?? 0) <= this.world.nowMs;
  }

  isLinked(end: ManagerEnd): boolean {
    return this.manager?.end === end;
  }

  /** Only of an end that is reachable. Whoever is connected under the same client id is cut off. */
  attach(end: ManagerEnd): void {
    const { manager: before } = this;
    if (before !== null) this.drop(before.end);
    const link: ManagerLink = { end, isOpen: true, pending: new Set() };
    this.manager = link;
    this.world.schedule(end.life, this.delayMs(), () => {
      if (!link.isOpen) return;
      this.listeners.linked(true);
      end.up();
      for (const [topic, payload] of this.retained) {
        end.message(topic, Buffer.from(payload), true);
      }
    });
  }

  /** Its link ends, and it hears of that. */
  drop(end: ManagerEnd): void {
    if (!this.isLinked(end)) return;
    this.detach(end);
    this.world.schedule(end.life, 1, () => end.down());
  }

  /** It ends its link itself, or its process has ended. */
  detach(end: ManagerEnd): void {
    const { manager } = this;
    if (manager?.end !== end) return;
    this.manager = null;
    manager.isOpen = false;
    this.listeners.linked(false);
    for (const broke of manager.pending) broke();
  }

  /** A manager's machine does not reach the broker for a while. */
  cutManager(machine: string, forMs: number): void {
    this.cutManagers.set(machine, this.world.nowMs + forMs);
  }

  heal(): void {
    this.partitioned.clear();
    this.cutManagers.clear();
    for (const connection of this.connections.values()) connection.cutUntilMs = 0;
    this.weather = { loss: 0, duplicates: 0, mostDelayMs: 10 };
  }
}

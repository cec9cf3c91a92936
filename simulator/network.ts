import type {
  LinkFactory,
  WorkerLinkListener,
  WorkerLinkOptions,
} from '../apps/worker/src/index.js';
import type { Connection, ManagerEnd, ManagerLink, Weather } from './lines.js';
import { Life, type World } from './world.js';

const keepaliveMs = 15_000;
const reconnectMs = { least: 100, most: 4_000 };

/**
 * A broker and its lines. A connection keeps its order and loses nothing but unacknowledged messages
 * while it lasts; what was under way is gone with it (clean sessions). A copy that comes late is how
 * reordering looks above TCP.
 */
export class Network {
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
    /** Hears what a manager says, as it says it. */
    private readonly spoken: (end: ManagerEnd, payload: string) => void,
  ) {}

  /** The worker side: connects by itself, again and again, until it is stopped. */
  linkOf(nodeId: string, life: Life): LinkFactory {
    return (options, listener) => {
      let current: Connection | null = null;
      let stopped = false;
      const connect = (): void => {
        if (stopped) return;
        const isReachable = !this.isDown && !this.partitioned.has(nodeId);
        if (!isReachable) return later();
        current = this.open(nodeId, life, options, {
          ...listener,
          down: (reason) => {
            listener.down(reason);
            later();
          },
        });
      };
      const later = (): void => {
        const inMs = this.world.between(reconnectMs.least, reconnectMs.most);
        this.world.schedule(life, inMs, connect);
      };
      return {
        start: () => void this.world.schedule(life, this.world.between(0, 50), connect),
        publish: (topic, payload, { qos, retain }) => {
          if (current?.isOpen === true) this.fromWorker(current, topic, payload, { qos, retain });
        },
        reconnect: () => {
          if (current !== null) this.close(current, true);
        },
        stop: async (farewell) => {
          stopped = true;
          if (current?.isOpen !== true) return;
          if (farewell !== null) {
            const { topic, payload } = farewell;
            this.fromWorker(current, topic, payload, { qos: 1, retain: true });
          }
          current.isOpen = false;
          this.connections.delete(nodeId);
        },
      };
    };
  }

  private open(
    nodeId: string,
    life: Life,
    options: WorkerLinkOptions,
    listener: WorkerLinkListener,
  ): Connection {
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
  private close(connection: Connection, unclean: boolean): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    if (this.connections.get(connection.nodeId) === connection) {
      this.connections.delete(connection.nodeId);
    }
    const { life, listener, options, nodeId } = connection;
    this.world.schedule(life, 1, () => listener.down('the connection broke'));
    if (!unclean) return;
    const will = options.will();
    this.retained.set(will.topic, will.payload);
    this.toManager(will.topic, will.payload, this.world.nowMs + 1);
    const { manager } = this;
    if (manager !== null) this.world.schedule(manager.end.life, 1, () => manager.end.gone(nodeId));
  }

  private fromWorker(
    connection: Connection,
    topic: string,
    payload: string,
    { qos, retain }: { qos: 0 | 1; retain: boolean | undefined },
  ): void {
    if (qos === 0 && this.world.happens(this.weather.loss)) return;
    const atMs = this.nextMs(connection, 'upMs');
    const deliver = (): void => {
      if (!connection.isOpen && retain !== true) return;
      if (retain === true) this.retained.set(topic, payload);
      this.toManager(topic, payload, this.world.nowMs);
      if (qos === 1 && this.world.happens(this.weather.duplicates)) {
        this.toManager(topic, payload, this.world.nowMs + this.lateMs());
      }
    };
    this.world.schedule(brokerLife, atMs - this.world.nowMs, deliver);
  }

  private toManager(topic: string, payload: string, atMs: number): void {
    const { manager } = this;
    if (manager === null) return;
    const bytes = Buffer.from(payload);
    const inMs = this.opensMs(manager, atMs) - this.world.nowMs;
    this.world.schedule(manager.end.life, inMs, () => {
      if (manager.isOpen) manager.end.message(topic, bytes, false);
    });
  }

  /** Resolves with the broker's acknowledgement; rejects when the link ends before that. */
  fromManager(end: ManagerEnd, topic: string, payload: string, qos: 0 | 1): Promise<void> {
    const { manager } = this;
    if (manager?.end !== end || !manager.isOpen) return Promise.reject(new Error('not connected'));
    this.spoken(end, payload);
    const [, nodeId = ''] = topic.split('/');
    const inMs = this.opensMs(manager, this.world.nowMs) - this.world.nowMs;
    const arrive = (): void => {
      const connection = this.connections.get(nodeId);
      if (manager.isOpen && connection !== undefined) {
        this.toWorker(connection, topic, payload, qos);
      }
    };
    if (inMs === 0) arrive();
    else this.world.schedule(brokerLife, inMs, arrive);
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

  private toWorker(connection: Connection, topic: string, payload: string, qos: 0 | 1): void {
    if (qos === 0 && this.world.happens(this.weather.loss)) return;
    const bytes = Buffer.from(payload);
    const deliver = (): void => {
      if (connection.isOpen) connection.listener.message(topic, bytes, false);
    };
    const atMs = this.nextMs(connection, 'downMs');
    this.world.schedule(connection.life, atMs - this.world.nowMs, deliver);
    if (qos === 1 && this.world.happens(this.weather.duplicates)) {
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
    const inMs = isSilent ? keepaliveMs : 1;
    this.world.schedule(brokerLife, inMs, () => this.close(connection, true));
  }

  /** Nothing passes between these nodes and the broker for a while. */
  partition(nodeIds: readonly string[], forMs: number): void {
    for (const nodeId of nodeIds) {
      this.partitioned.add(nodeId);
      const connection = this.connections.get(nodeId);
      if (connection === undefined) continue;
      connection.cutUntilMs = this.world.nowMs + forMs;
      if (forMs > keepaliveMs) {
        this.world.schedule(brokerLife, keepaliveMs, () => this.close(connection, true));
      }
    }
    this.world.schedule(brokerLife, forMs, () => {
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
    this.world.schedule(brokerLife, forMs, () => {
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

const brokerLife = new Life('broker');

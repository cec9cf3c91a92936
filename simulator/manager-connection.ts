import type { MessageListener } from '../apps/manager/src/connection/broker-connection.js';
import type { InboxConnection } from '../apps/manager/src/compose/inbox-parts.js';
import type { ManagerEnd } from './lines.js';
import type { Network } from './network.js';
import type { Life, World } from './world.js';

const beatMs = 1_000;
/** A link on which nothing comes for so long is a half-open one. */
const silentLinkMs = 5_000;
const tryAgainMs = { least: 100, most: 1_000 };

/** A manager's end of the simulated broker: as the real one, connected while it may lead. */
export class SimulatedConnection implements InboxConnection, ManagerEnd {
  connected = false;
  unreachedMs = 0;
  private listener: MessageListener = () => {};
  private workerGone: (nodeId: string) => void = () => {};
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();
  private mayLead: (() => boolean) | null = null;
  private isBeating = false;

  constructor(
    private readonly network: Network,
    private readonly world: World,
    readonly life: Life,
    /** Its machine, by which its line to the broker is cut. */
    readonly machine: string,
  ) {}

  start(mayLead: () => boolean): void {
    if (this.mayLead !== null) return;
    this.mayLead = mayLead;
    this.unreachedMs = 0;
    this.keepUp();
    if (!this.isBeating) this.world.schedule(this.life, beatMs, () => this.beat(), beatMs);
    this.isBeating = true;
  }

  async stop(): Promise<void> {
    this.mayLead = null;
    this.connected = false;
    this.network.detach(this);
  }

  /** As a connection of its own, which is closed at once. */
  async reaches(): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.world.schedule(this.life, this.world.between(1, 50), resolve);
    });
    return this.network.isReachable(this);
  }

  onMessage(listener: MessageListener): void {
    this.listener = listener;
  }

  onWorkerGone(listener: (nodeId: string) => void): void {
    this.workerGone = listener;
  }

  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => void this.upListeners.delete(listener);
  }

  onDown(listener: () => void): () => void {
    this.downListeners.add(listener);
    return () => void this.downListeners.delete(listener);
  }

  publish(topic: string, payload: string, { qos }: { qos: 0 | 1 }): Promise<void> {
    if (!this.connected) return Promise.reject(new Error('not connected'));
    if (this.mayLead?.() !== true) return Promise.reject(new Error('our lease is not renewed'));
    return this.network.fromManager(this, topic, payload, qos);
  }

  message(topic: string, payload: Buffer, retained: boolean): void {
    if (this.connected) this.listener(topic, payload, retained);
  }

  up(): void {
    this.connected = true;
    this.unreachedMs = 0;
    for (const listener of this.upListeners) listener();
  }

  down(): void {
    const wasUp = this.connected;
    this.connected = false;
    if (wasUp) for (const listener of this.downListeners) listener();
    const inMs = this.world.between(tryAgainMs.least, tryAgainMs.most);
    this.world.schedule(this.life, inMs, () => this.keepUp());
  }

  gone(nodeId: string): void {
    this.workerGone(nodeId);
  }

  private keepUp(): void {
    if (this.mayLead === null || this.network.isLinked(this)) return;
    if (this.mayLead() && this.network.isReachable(this)) return this.network.attach(this);
    this.world.schedule(this.life, tryAgainMs.least, () => this.keepUp());
  }

  private beat(): void {
    const isHeard = this.connected && this.network.isReachable(this);
    this.unreachedMs = isHeard || this.mayLead === null ? 0 : this.unreachedMs + beatMs;
    if (this.connected && this.unreachedMs >= silentLinkMs) this.network.drop(this);
  }
}

import type { TermConnection } from '../apps/manager/src/leadership/term-link.js';
import type { ManagerEnd, Network } from './network.js';
import type { Life } from './world.js';

/** The manager's end of the simulated broker. */
export class SimulatedConnection implements TermConnection, ManagerEnd {
  connected = false;
  readonly unreachedMs = 0;
  receive: (topic: string, payload: Buffer, retained: boolean) => void = () => {};
  lost: (nodeId: string) => void = () => {};
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();

  constructor(
    private readonly network: Network,
    readonly life: Life,
  ) {}

  start(): void {
    this.network.attach(this);
  }

  async stop(): Promise<void> {
    this.connected = false;
    this.network.detach(this);
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
    if (this.life.isDead || !this.connected) return Promise.reject(new Error('not connected'));
    return this.network.fromManager(topic, payload, qos);
  }

  message(topic: string, payload: Buffer, retained: boolean): void {
    if (this.connected) this.receive(topic, payload, retained);
  }

  up(): void {
    this.connected = true;
    for (const listener of this.upListeners) listener();
  }

  down(): void {
    this.connected = false;
    for (const listener of this.downListeners) listener();
  }

  gone(nodeId: string): void {
    this.lost(nodeId);
  }
}

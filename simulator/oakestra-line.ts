import type { Timer } from '@oakring/ports';
import type { Address, Connection } from './lines.js';
import type { Network } from './network.js';
import type { Life, World } from './world.js';

interface Kept {
  readonly topic: string;
  readonly payload: string;
}

export type Obey = (kind: 'deploy' | 'delete', payload: string, start: Address | null) => void;

const firstWaitMs = 1_000;
const mostWaitMs = 600_000;
const notices = { leastMs: 8_000, mostMs: 45_000 };

/**
 * The connection of a worker of Oakestra: without a last will; once lost tried again at once, and then after
 * waits that double. What nobody took meanwhile is kept, and said in any order.
 */
export class OakestraLine {
  private connection: Connection | null = null;
  private isUp = false;
  private waitMs = 0;
  private retry: Timer | null = null;
  private readonly kept = new Set<Kept>();

  constructor(
    private readonly nodeId: string,
    private readonly life: Life,
    private readonly world: World,
    private readonly network: Network,
    private readonly obey: Obey,
  ) {}

  get isConnected(): boolean {
    return this.isUp;
  }

  /** False: there is no broker. */
  connect(): boolean {
    const { world } = this;
    const keepaliveMs = world.between(notices.leastMs, notices.mostMs);
    const options = { will: () => null, keepaliveMs, repeats: false };
    this.connection = this.network.open(this.nodeId, this.life, options, {
      up: () => this.up(),
      down: () => this.lost(),
      message: (topic, payload, _retained, start) => {
        const kind = topic.split('/').at(-1);
        if (kind === 'deploy' || kind === 'delete') {
          this.obey(kind, Buffer.from(payload).toString(), start);
        }
      },
    });
    return this.connection !== null;
  }

  say(topic: string, payload: object): void {
    const message = { topic: `nodes/${this.nodeId}/${topic}`, payload: JSON.stringify(payload) };
    this.kept.add(message);
    if (this.isUp) this.send(message);
  }

  /** It need not wait any longer: up to ten minutes are more than a simulation has. */
  hasten(): void {
    if (this.retry === null) return;
    this.retry.cancel();
    // The broker may be away for a moment still.
    this.waitMs = 0;
    this.tryAgain();
  }

  /** Its process has ended; what it said last is on its way still. */
  end(inMs: number): void {
    const { connection, network, world, life } = this;
    life.isDead = true;
    if (connection === null) return;
    world.schedule(network.life, inMs, () => network.close(connection, true));
  }

  private send(message: Kept): void {
    if (this.connection === null) return;
    this.network.fromWorker(this.connection, { ...message, qos: 1 }, () => {
      this.kept.delete(message);
    });
  }

  private up(): void {
    this.isUp = true;
    this.waitMs = 0;
    const messages = [...this.kept];
    while (messages.length > 0) {
      const [message] = messages.splice(this.world.chance.integer(messages.length), 1);
      if (message !== undefined) this.send(message);
    }
  }

  private lost(): void {
    this.isUp = false;
    this.connection = null;
    this.retry = this.world.schedule(this.life, this.waitMs, () => this.tryAgain());
  }

  private tryAgain(): void {
    this.retry = null;
    if (this.connect()) return;
    this.waitMs = Math.min(mostWaitMs, Math.max(firstWaitMs, 2 * this.waitMs));
    this.lost();
  }
}

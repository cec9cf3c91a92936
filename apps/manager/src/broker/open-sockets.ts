import type { Socket } from 'node:net';
import type { Logger } from '@nestjs/common';
import type { Ports, Timer } from '@oakring/ports';
import { PacketGuard } from './packet-guard.js';

/** One mebibyte of payload, with room for the longest topic of the protocol. */
const maxPublishBytes = 1_048_576 + 1_024;
/** Of packets that are not complete, of all connections together. */
const maxUnfinishedBytes = 64 * 1_048_576;
/** A packet is complete this long after its first byte, or its connection is closed. */
const packetWithinMs = 15_000;
const deadPeerProbeMs = 60_000;
const sweepEveryMs = 1_000;
const sayEveryMs = 10_000;

interface Watched {
  readonly guard: PacketGuard;
  unfinishedBytes: number;
  /** When the packet that is not complete began. */
  sinceMs: number;
}

/**
 * The broker's connections as sockets, and what has come of packets that are not complete. There is
 * one budget for all of them; beyond it the connection that holds most is closed.
 * The manager's own is never closed for room.
 */
export class OpenSockets {
  private readonly open = new Map<Socket, Watched>();
  private readonly trusted = new WeakSet<Socket>();
  /** Where those come from: of what is encrypted the server knows the connection below it. */
  private readonly trustedPeers = new Set<string>();
  private unfinishedBytes = 0;
  private readonly closedFor = new Map<string, number>();
  private saidAtMs = Number.NEGATIVE_INFINITY;
  private readonly sweeping: Timer;

  constructor(
    private readonly ports: Ports,
    private readonly logger: Logger,
  ) {
    this.sweeping = ports.timers.every(sweepEveryMs, () => this.sweep());
  }

  /** What has come of packets that are not complete, of all connections. */
  get keptBytes(): number {
    return this.unfinishedBytes;
  }

  take(socket: Socket): void {
    const watched = { guard: new PacketGuard(maxPublishBytes), unfinishedBytes: 0, sinceMs: 0 };
    this.open.set(socket, watched);
    const peer = peerOf(socket);
    socket.once('close', () => {
      this.forget(socket);
      this.trustedPeers.delete(peer);
    });
    socket.setKeepAlive(true, deadPeerProbeMs);
    // Bytes leave a paused socket only through `read`: there they are looked at before aedes is.
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      const chunk: unknown = read(size);
      if (!(chunk instanceof Uint8Array) || this.accepts(socket, watched, chunk)) return chunk;
      return null;
    };
  }

  /** It has shown that it is the manager's own. */
  trust(socket: unknown): void {
    const known = this.socketOf(socket);
    if (known === null) return;
    this.trusted.add(known);
    this.trustedPeers.add(peerOf(known));
  }

  /** Where it comes from; empty once it is closed. */
  addressOf(socket: unknown): string {
    return this.socketOf(socket)?.remoteAddress ?? '';
  }

  isTrusted(socket: Socket): boolean {
    return this.trusted.has(socket) || this.trustedPeers.has(peerOf(socket));
  }

  /** For room that others take up: closed, counted and said. */
  close(socket: unknown, why: string): void {
    this.closedFor.set(why, (this.closedFor.get(why) ?? 0) + 1);
    this.socketOf(socket)?.destroy();
  }

  stop(): void {
    this.sweeping.cancel();
    for (const socket of this.open.keys()) socket.destroy();
  }

  private socketOf(connection: unknown): Socket | null {
    // What aedes was handed and hands back.
    const socket = connection as Socket;
    return this.open.has(socket) ? socket : null;
  }

  private accepts(socket: Socket, watched: Watched, chunk: Uint8Array): boolean {
    if (!watched.guard.accepts(chunk)) {
      this.close(socket, 'a packet that is too large or comes too early');
      return false;
    }
    const { unfinishedBytes } = watched.guard;
    // Counted from the packet's first byte: less than before means that another one has begun.
    if (watched.unfinishedBytes === 0 || unfinishedBytes < watched.unfinishedBytes + chunk.length) {
      watched.sinceMs = this.ports.clock.monotonicMs();
    }
    this.unfinishedBytes += unfinishedBytes - watched.unfinishedBytes;
    watched.unfinishedBytes = unfinishedBytes;
    if (this.unfinishedBytes > maxUnfinishedBytes) this.closeWhoHoldsMost();
    return !socket.destroyed;
  }

  private closeWhoHoldsMost(): void {
    let most: [Socket, Watched] | null = null;
    for (const entry of this.open) {
      const isMore = entry[1].unfinishedBytes > (most?.[1].unfinishedBytes ?? 0);
      if (isMore && !this.trusted.has(entry[0])) most = entry;
    }
    if (most === null) return;
    const [socket, watched] = most;
    // At once: the close comes later, and must not be waited for with the budget exceeded.
    this.unfinishedBytes -= watched.unfinishedBytes;
    watched.unfinishedBytes = 0;
    this.close(socket, 'it held most of what is not complete');
  }

  private forget(socket: Socket): void {
    this.unfinishedBytes -= this.open.get(socket)?.unfinishedBytes ?? 0;
    this.open.delete(socket);
  }

  private sweep(): void {
    const nowMs = this.ports.clock.monotonicMs();
    for (const [socket, { unfinishedBytes, sinceMs }] of this.open) {
      if (unfinishedBytes === 0 || nowMs - sinceMs < packetWithinMs) continue;
      this.close(socket, `a packet that was not complete after ${packetWithinMs / 1_000} s`);
    }
    this.say(nowMs);
  }

  private say(nowMs: number): void {
    if (this.closedFor.size === 0 || nowMs - this.saidAtMs < sayEveryMs) return;
    this.saidAtMs = nowMs;
    for (const [why, count] of this.closedFor) {
      this.logger.warn(`closed ${count} connections of workers: ${why}`);
    }
    this.closedFor.clear();
  }
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

import type { OnModuleDestroy } from '@nestjs/common';
import type { Timer, Timers } from '@oakring/ports';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** A reader that takes nothing of what lies ready for it for so long has gone, or means us no good. */
const stalledMs = 60_000;
/** What lies in one piece is taken as a whole, so that a slow reader has longer for more of it. */
const leastBytesPerSecond = 4_096;
const lookEveryMs = 15_000;

interface Watched {
  written: number;
  /** How often in a row it was found waiting, and nothing taken. */
  stalls: number;
}

/**
 * Closes connections whose readers stall: what was made for them would lie here for ever. One with nothing to read
 * may wait, and one that takes a byte now and then is only slow.
 */
export class StalledReaders implements OnModuleDestroy {
  private readonly open = new Map<Socket, Watched>();
  private readonly looking: Timer;

  constructor(
    timers: Timers,
    private readonly warn: (line: string) => void,
  ) {
    this.looking = timers.every(lookEveryMs, () => this.look());
  }

  /** Of a server whose connections are what is written to: with TLS those that are secured. */
  watch(server: Pick<EventEmitter, 'on'>): void {
    for (const event of ['connection', 'secureConnection']) {
      server.on(event, (socket: Socket) => {
        // It may be given to the server anew, with what it had read of it.
        if (this.open.has(socket)) return;
        this.open.set(socket, { written: 0, stalls: 0 });
        socket.once('close', () => this.open.delete(socket));
      });
    }
  }

  onModuleDestroy(): void {
    this.looking.cancel();
  }

  private look(): void {
    let closed = 0;
    for (const [socket, watched] of this.open) {
      const { bytesWritten, writableLength } = socket;
      // Bytes that were handed to the system and not taken by it count as written: the rest waits here.
      const isWaiting = writableLength > 0 && bytesWritten === watched.written;
      watched.stalls = isWaiting ? watched.stalls + 1 : 0;
      watched.written = bytesWritten;
      const mayWaitMs = stalledMs + (writableLength / leastBytesPerSecond) * 1_000;
      if (watched.stalls * lookEveryMs < mayWaitMs) continue;
      socket.destroy();
      closed += 1;
    }
    if (closed === 0) return;
    this.warn(
      `closed ${closed} connections whose readers took nothing of what lay ready for ${stalledMs / 1_000} s and more`,
    );
  }
}

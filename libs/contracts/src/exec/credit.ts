/** Bytes of one direction that may be on their way, or wait for whoever takes them. */
export const execWindowBytes = 65_536;

/** Of whoever sends: no more than it was told there is room for, in all since the beginning. */
export class SendCredit {
  private sentBytes = 0;
  private allowedBytes: number = execWindowBytes;
  private wakers: (() => void)[] = [];
  private isOver = false;

  /** So much may have been sent since the beginning. Said late or twice it does no harm. */
  allow(totalBytes: number): void {
    this.allowedBytes = Math.max(this.allowedBytes, totalBytes);
    this.wake();
  }

  /** Resolves with how much of it may be sent now, which counts as sent: 1 or more; 0 once it is over. */
  async take(mostBytes: number): Promise<number> {
    while (!this.isOver && this.allowedBytes <= this.sentBytes) {
      await new Promise<void>((resolve) => this.wakers.push(resolve));
    }
    if (this.isOver) return 0;
    const bytes = Math.min(mostBytes, this.allowedBytes - this.sentBytes);
    this.sentBytes += bytes;
    return bytes;
  }

  /** Nothing more is sent. */
  end(): void {
    this.isOver = true;
    this.wake();
  }

  private wake(): void {
    for (const wake of this.wakers.splice(0)) wake();
  }
}

/** Of whoever receives: what may have come, and what was taken of it. */
export class ReceiveWindow {
  private cameBytes = 0;
  private takenBytes = 0;
  private grantedBytes: number = execWindowBytes;

  /** False: it is more than there was room for. */
  came(bytes: number): boolean {
    this.cameBytes += bytes;
    return this.cameBytes <= this.grantedBytes;
  }

  /** What is to be told: how much may have come in all; null: half of the window is there yet, nothing. */
  took(bytes: number): number | null {
    this.takenBytes += bytes;
    const total = this.takenBytes + execWindowBytes;
    if (total - this.grantedBytes < execWindowBytes / 2) return null;
    this.grantedBytes = total;
    return total;
  }
}

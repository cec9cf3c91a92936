/** Which leadership speaks: a message of one that was followed by another is not obeyed. */
export class HighestEpoch {
  highest = 0;

  /** False for a message below the highest seen; raises it. One without an epoch is let through. */
  isCurrent(epoch: unknown): boolean {
    if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) return true;
    if (epoch < this.highest) return false;
    this.highest = epoch;
    return true;
  }

  complaint(kind: string, epoch: unknown): string {
    const what = `${kind} of epoch ${String(epoch)}, below ${this.highest}`;
    return `${what}; if the cluster was begun anew, restart this worker`;
  }
}

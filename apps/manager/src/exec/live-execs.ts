/** Commands in instances that somebody is at, in this process: each is ended, and has its end on record, by its session. */
export class LiveExecs {
  private readonly ids = new Set<string>();

  has(execId: string): boolean {
    return this.ids.has(execId);
  }

  /** Until what is returned is called. */
  hold(execId: string): () => void {
    this.ids.add(execId);
    return () => void this.ids.delete(execId);
  }
}

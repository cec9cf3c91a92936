/** A proposal that does not hold is asked for again elsewhere, at most this often in a row. */
const maxRounds = 3;

/** Where proposals for a job did not hold when they were applied: the next one leaves these out. */
export class RejectedNodes {
  private readonly byJob = new Map<string, { readonly nodes: Set<string>; rounds: number }>();

  of(job: string): string[] {
    return [...(this.byJob.get(job)?.nodes ?? [])];
  }

  /** False once that has happened too often. */
  note(job: string, nodes: readonly string[]): boolean {
    const before = this.byJob.get(job) ?? { nodes: new Set<string>(), rounds: 0 };
    for (const node of nodes) before.nodes.add(node);
    before.rounds += 1;
    this.byJob.set(job, before);
    return before.rounds < maxRounds;
  }

  forget(job: string): void {
    this.byJob.delete(job);
  }
}

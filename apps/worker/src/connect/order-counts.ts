import type { Ack, Control } from '@oakring/contracts';
import { Count, Labelled } from '@oakring/metrics';

type Operation = Control['command'];

/** Orders whose end is waited for; of more the oldest are not counted when they end. */
const maxOpen = 10_000;

/**
 * Orders by what they are and what became of them: `succeeded`, `failed`, or `ignored` (too late, or of
 * another leadership). One that comes twice and is answered twice counts twice.
 */
export class OrderCounts {
  readonly counts = new Labelled(() => new Count());
  private readonly open = new Map<string, Operation>();

  taken(commandId: string, operation: Operation): void {
    this.open.set(commandId, operation);
    if (this.open.size <= maxOpen) return;
    for (const oldest of this.open.keys()) {
      this.open.delete(oldest);
      break;
    }
  }

  answered({ commandId, phase }: Pick<Ack, 'commandId' | 'phase'>): void {
    const operation = this.open.get(commandId);
    if (operation === undefined || (phase !== 'succeeded' && phase !== 'failed')) return;
    this.open.delete(commandId);
    this.counts.of(operation, phase).count += 1;
  }

  ignored(operation: Operation): void {
    this.counts.of(operation, 'ignored').count += 1;
  }
}

import type { Ack, Control } from '@oakring/contracts';
import { Count, Labelled } from '@oakring/metrics';

type Operation = Control['command'];

/** Orders whose end is waited for; of more the oldest are not counted when they end. */
const maxOpen = 10_000;
/** Orders that were not carried out, for the page of the worker: the newest. */
const maxRefused = 20;

/** An order that was not carried out, and why. */
export interface RefusedOrder {
  /** By this machine's clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly command: Operation;
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly outcome: 'failed' | 'ignored';
  readonly reason: string;
}

type About = Pick<RefusedOrder, 'command' | 'job' | 'instance' | 'generation'>;

/**
 * Orders by what they are and what became of them: `succeeded`, `failed`, or `ignored` (too late, or of
 * another leadership). One that comes twice and is answered twice counts twice.
 */
export class OrderCounts {
  readonly counts = new Labelled(() => new Count());
  /** The newest that were not carried out, oldest first. */
  readonly refused: RefusedOrder[] = [];
  private readonly open = new Map<string, About>();

  constructor(private readonly nowMs: () => number) {}

  taken(control: Control): void {
    this.open.set(control.commandId, aboutOf(control));
    if (this.open.size <= maxOpen) return;
    for (const oldest of this.open.keys()) {
      this.open.delete(oldest);
      break;
    }
  }

  answered({ commandId, phase, reason }: Pick<Ack, 'commandId' | 'phase' | 'reason'>): void {
    const about = this.open.get(commandId);
    if (about === undefined || (phase !== 'succeeded' && phase !== 'failed')) return;
    this.open.delete(commandId);
    this.counts.of(about.command, phase).count += 1;
    if (phase === 'failed') this.refuse(about, phase, reason ?? 'no reason');
  }

  ignored(control: Control, reason: string): void {
    this.counts.of(control.command, 'ignored').count += 1;
    this.refuse(aboutOf(control), 'ignored', reason);
  }

  private refuse(about: About, outcome: RefusedOrder['outcome'], reason: string): void {
    this.refused.push({ atMs: this.nowMs(), ...about, outcome, reason });
    if (this.refused.length > maxRefused) this.refused.shift();
  }
}

function aboutOf({ command, job, instance, generation }: Control): About {
  return { command, job: job.id, instance, generation };
}

import { Distribution, quickSeconds, type Sample } from '@oakring/metrics';
import type { CommandType, Outcome } from './command.js';

interface Outcomes {
  accepted: number;
  unchanged: number;
  refused: number;
  failed: number;
}

/**
 * What becomes of commands, and how long they take, since this manager began. The writer counts here where
 * every command passes: plain numbers, and nothing is made but once for each type of command.
 */
export class CommandFigures {
  /** Deciding one command. */
  readonly deciding = new Distribution(quickSeconds);
  /** One commit, until it is durable. */
  readonly appending = new Distribution(quickSeconds);
  /** One command, from its submission to its answer. */
  readonly answering = new Distribution(quickSeconds);
  private readonly byType = new Map<CommandType, Outcomes>();

  answered(type: CommandType, outcome: Outcome<unknown>, tookMs: number): void {
    this.answering.observe(tookMs / 1_000);
    const counts = this.of(type);
    if (outcome.status === 'refused') counts.refused += 1;
    else if (outcome.repeated) counts.unchanged += 1;
    else counts.accepted += 1;
  }

  /** No outcome, or none that could be told. */
  failed(type: CommandType): void {
    this.of(type).failed += 1;
  }

  *outcomes(): Generator<Sample> {
    for (const [type, counts] of this.byType) {
      for (const [outcome, count] of Object.entries(counts)) yield [count, type, outcome];
    }
  }

  private of(type: CommandType): Outcomes {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    const counts = { accepted: 0, unchanged: 0, refused: 0, failed: 0 };
    this.byType.set(type, counts);
    return counts;
  }
}

import { Injectable } from '@nestjs/common';
import type { ScheduleAnswer } from '@oakring/contracts';
import { Count, Distribution, Labelled, quickSeconds } from '@oakring/metrics';

/** How long plans take, and what becomes of the jobs that are asked about. */
@Injectable()
export class PlanFigures {
  readonly planning = new Distribution(quickSeconds);
  /** By outcome: `placed`, `refused` (some of its instances have no place), `failed` (a whole call). */
  readonly outcomes = new Labelled(() => new Count());

  planned(answers: readonly ScheduleAnswer[], tookMs: number): void {
    this.planning.observe(tookMs / 1_000);
    for (const { refusal } of answers) {
      this.outcomes.of(refusal === null ? 'placed' : 'refused').count += 1;
    }
  }

  failed(): void {
    this.outcomes.of('failed').count += 1;
  }
}

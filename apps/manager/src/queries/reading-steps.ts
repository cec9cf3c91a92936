import type { TelemetryPoint } from '@oakring/contracts';
import type { RecordedReading } from '@oakring/telemetry';

interface Step {
  count: number;
  readonly cpu: Spread;
  readonly memory: Spread;
}

interface Spread {
  least: number;
  most: number;
  sum: number;
}

/** Readings gathered into steps of equal length: least, mean and most of each, for charts. */
export class ReadingSteps {
  private readonly steps = new Map<number, Step>();

  constructor(
    private readonly from: number,
    readonly stepMs: number,
  ) {}

  take({ at, cpu, memory }: RecordedReading): void {
    const index = Math.floor((at - this.from) / this.stepMs);
    let step = this.steps.get(index);
    if (step === undefined) {
      step = { count: 0, cpu: emptySpread(), memory: emptySpread() };
      this.steps.set(index, step);
    }
    step.count += 1;
    widen(step.cpu, cpu);
    widen(step.memory, memory);
  }

  /** Steps without a reading have no point. */
  points(): TelemetryPoint[] {
    return [...this.steps]
      .sort(([a], [b]) => a - b)
      .map(([index, { count, cpu, memory }]) => ({
        at: new Date(this.from + index * this.stepMs).toISOString(),
        count,
        cpu: percentsOf(cpu, count),
        memory: percentsOf(memory, count),
      }));
  }
}

function emptySpread(): Spread {
  return { least: Number.POSITIVE_INFINITY, most: 0, sum: 0 };
}

function widen(spread: Spread, value: number): void {
  spread.least = Math.min(spread.least, value);
  spread.most = Math.max(spread.most, value);
  spread.sum += value;
}

/** Readings are kept in hundredths of a percent. */
function percentsOf({ least, most, sum }: Spread, count: number): TelemetryPoint['cpu'] {
  return { min: least / 100, avg: Math.round(sum / count) / 100, max: most / 100 };
}

import { flag, integer, oneOf } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';
import { simulatedLimits } from './simulated-limits.js';

const delayMs = integer(0, simulatedLimits.longestMs);

@Shape({
  says: 'What its health checks find. Milliseconds after its start.',
  example: { healthyAfterMs: 2_000, unhealthyAfterMs: 60_000 },
})
export class SimulatedHealth {
  @Field(delayMs, { optional: true, default: 0, says: 'It is well from then on.' })
  readonly healthyAfterMs?: number;

  @Field(delayMs, { optional: true, says: 'It is well no more from then on.' })
  readonly unhealthyAfterMs?: number;
}

/** What a worker plays that runs nothing: for demonstrations and trials. */
@Shape({
  says: 'How an instance of the technology `simulated` behaves. Milliseconds.',
  example: { runMs: 1_000, exit: 'failed' },
})
export class SimulateRules {
  @Field(delayMs, {
    optional: true,
    says: 'How long its start takes; as its worker is set.',
    example: 500,
  })
  readonly startMs?: number;

  @Field(flag, { optional: true, default: false, says: 'It does not start.' })
  readonly failStart?: boolean;

  @Field(delayMs, { optional: true, says: 'It ends by itself after this long.' })
  readonly runMs?: number;

  @Field(oneOf(['completed', 'failed']), {
    optional: true,
    default: 'failed',
    says: 'How it ends then.',
  })
  readonly exit?: 'completed' | 'failed';

  @Field(integer(simulatedLimits.leastPrintEveryMs, simulatedLimits.longestMs), {
    optional: true,
    says: 'It prints a line this often.',
    example: 1_000,
  })
  readonly printEveryMs?: number;

  @Field(shaped(SimulatedHealth), { optional: true })
  readonly health?: SimulatedHealth;
}

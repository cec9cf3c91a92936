import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { listenerProviders } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import { HealthController } from './answer/health.controller.js';
import { MetricsController } from './answer/metrics.controller.js';
import { PlanFigures } from './answer/plan-figures.js';
import { ScheduleController } from './answer/schedule.controller.js';
import { PORTS } from './answer/tokens.js';
import { Observer } from './observe/observer.js';

/** What the lines of the scheduler stand under in the log. */
export const logContext = 'Scheduler';
/** Who waits is refused at once and a plan takes milliseconds: what is open after this is cut. */
const cutAfterMs = 1_000;

/** Observe → plan → answer. The observer is made outside, so that a simulator can make another. */
@Module({})
export class SchedulerModule {
  static with(observer: Observer, ports: Ports): DynamicModule {
    return {
      module: SchedulerModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [ScheduleController, HealthController, MetricsController],
      providers: [
        { provide: PORTS, useValue: ports },
        { provide: Observer, useValue: observer },
        PlanFigures,
        ...listenerProviders(PORTS, { logContext, cutAfterMs }),
      ],
    };
  }
}

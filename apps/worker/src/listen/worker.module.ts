import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { listenerProviders } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { PageController } from './page/page.controller.js';
import { DATA_FOLDER, PORTS, WORKER } from './tokens.js';
import type { MeasuredWorker } from './worker-figures.js';

/** What the lines of the listener stand under in the log. */
export const logContext = 'Http';
/** Answers take milliseconds: what is open after this is cut. */
const cutAfterMs = 500;

/** What a worker tells those who operate it, over HTTP. Orders come by MQTT alone. */
@Module({})
export class WorkerModule {
  static with(worker: MeasuredWorker, dataFolder: string, ports: Ports): DynamicModule {
    return {
      module: WorkerModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [MetricsController, HealthController, PageController],
      providers: [
        { provide: PORTS, useValue: ports },
        { provide: WORKER, useValue: worker },
        { provide: DATA_FOLDER, useValue: dataFolder },
        ...listenerProviders(PORTS, { logContext, cutAfterMs }),
      ],
    };
  }
}

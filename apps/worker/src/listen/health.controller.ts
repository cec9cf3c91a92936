import { Controller, Get, Inject, Res, type OnModuleDestroy } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { healthAnswer } from '@oakring/http';
import type { Ports, Timer } from '@oakring/ports';
import type { FastifyReply } from 'fastify';
import { PORTS, WORKER } from './tokens.js';
import type { MeasuredWorker } from './worker-figures.js';

/** So that it is known since when, though nobody asks. */
const lookEveryMs = 2_000;
/** The description of its answers would load all of @nestjs/swagger at the start. */
const undescribed = { noCache: true, swaggerDocumentation: false };

interface Part {
  readonly name: string;
  readonly isUp: (worker: MeasuredWorker) => boolean;
  readonly detail: string;
  readonly remedy: string;
}

const parts: readonly Part[] = [
  {
    name: 'broker',
    isUp: ({ isConnected }) => isConnected,
    detail: 'not connected: no order comes, and what happens here is told later; what runs goes on',
    remedy: 'See that the broker of OAKRING_MQTT_URL runs and takes our credentials.',
  },
  {
    name: 'registration',
    isUp: ({ isRegistered }) => isRegistered,
    detail: 'the manager has not accepted this worker: nothing is placed here',
    remedy: 'The log of the worker says why it was refused; without its broker it is not asked.',
  },
];

/** Live while it answers: what is away comes back without a restart, and one would end what runs. Ready while orders come. */
@Controller('health')
export class HealthController implements OnModuleDestroy {
  private readonly known = new Map<string, { readonly isUp: boolean; readonly sinceMs: number }>();
  private readonly looking: Timer;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(WORKER) private readonly worker: MeasuredWorker,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    this.looking = ports.timers.every(lookEveryMs, () => parts.forEach((part) => this.look(part)));
  }

  onModuleDestroy(): void {
    this.looking.cancel();
  }

  @Get('live')
  @HealthCheck(undescribed)
  live(): ReturnType<HealthCheckService['check']> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck(undescribed)
  ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const checks = parts.map((part) => () => this.check(part));
    return healthAnswer(this.health.check(checks), reply);
  }

  private check(part: Part): HealthIndicatorResult {
    const indicator = this.indicators.check(part.name);
    const { isUp, sinceMs } = this.look(part);
    const since = new Date(sinceMs).toISOString();
    const { detail, remedy } = part;
    return isUp ? indicator.up({ since }) : indicator.down({ since, detail, remedy });
  }

  private look({ name, isUp }: Part): { readonly isUp: boolean; readonly sinceMs: number } {
    const is = isUp(this.worker);
    const before = this.known.get(name);
    if (before?.isUp === is) return before;
    const now = { isUp: is, sinceMs: this.ports.clock.wallMs() };
    this.known.set(name, now);
    return now;
  }
}

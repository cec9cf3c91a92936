import { OakringError, type ScheduleAnswer, type ScheduleRequest } from '@oakring/contracts';
import { answersOf, jobsToPlan, NodeTable } from '@oakring/planning';
import { seededRandomness, type Ports } from '@oakring/ports';
import type { Views } from '../apps/manager/src/compose/compose-manager.js';
import { Scheduler } from '../apps/manager/src/scheduling/scheduler.port.js';
import type { TelemetryTable } from '../apps/manager/src/telemetry/telemetry-table.js';
import type { World } from './world.js';

/** The scheduler's state of health, over all managers. */
export interface SchedulerHealth {
  isAway: boolean;
}

/** The real planner on a copy of a manager's node view, a call away. */
export class SimulatedScheduler extends Scheduler {
  private readonly nodes = new NodeTable();

  constructor(
    private readonly world: World,
    private readonly health: SchedulerHealth,
    private readonly ports: Ports,
    private readonly table: () => TelemetryTable,
    private readonly views: Views,
  ) {
    super();
  }

  async schedule(request: ScheduleRequest): Promise<{ answers: ScheduleAnswer[] }> {
    const { ports, nodes, world } = this;
    await ports.timers.sleep(world.between(1, 20));
    if (this.health.isAway) {
      const detail = 'The scheduler does not answer.';
      throw new OakringError({ code: 'scheduler-unavailable', detail });
    }
    this.observe();
    const jobs = jobsToPlan(request.jobs, () => ports.randomness.integer(2 ** 31));
    const answers = answersOf(nodes, request.jobs, jobs, seededRandomness);
    await ports.timers.sleep(world.between(1, 20));
    return { answers };
  }

  private observe(): void {
    const { nodes, views } = this;
    const { newest, foreign } = this.table().foreignSince(nodes.telemetry);
    const changes = views.feed.since(nodes.position);
    nodes.apply({ position: views.projection.position, ...changes, telemetry: newest, foreign });
  }
}

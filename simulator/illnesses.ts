import { healthCheckOf, type JsonObject } from '@oakring/contracts';
import { subjectOf, type StoredEvent } from '@oakring/events';
import { orderedDocument, placementKey, type ClusterState } from '@oakring/model';
import type { World } from './world.js';

/** How an instance does, by the time of the world. */
interface Course {
  readonly wellFromMs: number;
  readonly illFromMs: number;
  readonly wellAgainMs: number;
  readonly retries: number;
  /** Looks in a row that failed, now and at most; and whether any did not. */
  failed: number;
  mostFailed: number;
  wasWell: boolean;
}

/** Nobody falls ill any more from then on: what is left must come right. */
const calmFromMs = 200_000;
/** What is ill for so long must have been stopped: its checks take some seconds, an order some more. */
const stoppedWithinMs = 40_000;

/**
 * What instances do that have checks: some take long to be well, some fall ill for a while, and some for
 * good. It knows what every look found, so that nothing is stopped for its health that was never ill, and
 * nothing goes on that is.
 */
export class Illnesses {
  private readonly courses = new Map<string, Course>();

  constructor(
    private readonly world: World,
    private readonly fail: (what: string) => void,
  ) {}

  /** It starts: what will become of it. */
  started(nodeId: string, key: string, description: JsonObject): void {
    const { world } = this;
    this.courses.delete(`${nodeId} ${key}`);
    const check = healthCheckOf(description);
    if (check === null) return;
    const { nowMs } = world;
    const isCalm = nowMs >= calmFromMs;
    const wellFromMs = world.happens(25) ? nowMs + world.between(500, 4_000) : nowMs;
    const falls = !isCalm && world.happens(35);
    const illFromMs = falls ? nowMs + world.between(1_000, 30_000) : Infinity;
    const wellAgainMs = world.happens(40) ? illFromMs + world.between(500, 9_000) : Infinity;
    const course = { wellFromMs, illFromMs, wellAgainMs, retries: check.retries };
    this.courses.set(`${nodeId} ${key}`, { ...course, failed: 0, mostFailed: 0, wasWell: false });
  }

  /** A look of its worker. */
  look(nodeId: string, key: string): string | null {
    const course = this.courses.get(`${nodeId} ${key}`);
    if (course === undefined) return null;
    const isIll = this.isIll(course);
    course.failed = isIll ? course.failed + 1 : 0;
    course.mostFailed = Math.max(course.mostFailed, course.failed);
    if (!isIll) course.wasWell = true;
    return isIll ? 'it is ill' : null;
  }

  private isIll({ wellFromMs, illFromMs, wellAgainMs }: Course): boolean {
    const { nowMs } = this.world;
    return nowMs < wellFromMs || (nowMs >= illFromMs && nowMs < wellAgainMs);
  }

  judge(event: StoredEvent, state: ClusterState): void {
    if (event.type === 'InstanceFailedChecks') {
      const { instance, generation, nodeId } = event.data;
      const key = placementKey(subjectOf(event), instance, generation);
      const course = this.courses.get(`${nodeId} ${key}`);
      if ((course?.mostFailed ?? 0) < (course?.retries ?? 1)) {
        this.fail(`${key} on ${nodeId} has failed its checks, and never did`);
      }
    }
    if (event.type === 'MoveCompleted') {
      const { instance, generation } = event.data;
      const job = subjectOf(event);
      const key = placementKey(job, instance, generation);
      const document = orderedDocument(state, { job, instance, generation }) ?? {};
      // Wherever it is: it may have come to its end in that very commit, and then it has no place any more.
      const wasWell = [...this.courses].some(
        ([on, each]) => each.wasWell && on.endsWith(` ${key}`),
      );
      if (healthCheckOf(document) !== null && !wasWell) {
        this.fail(`${key} takes over, and was never found healthy`);
      }
    }
  }

  /** Whether it has been ill for so long that somebody must have stopped it. */
  isOverdue(nodeId: string, key: string): boolean {
    const course = this.courses.get(`${nodeId} ${key}`);
    if (course === undefined || !this.isIll(course)) return false;
    return this.world.nowMs - course.illFromMs > stoppedWithinMs;
  }
}

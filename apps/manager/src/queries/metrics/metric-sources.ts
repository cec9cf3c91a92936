import { Inject, Injectable } from '@nestjs/common';
import { Refusals, REQUEST_TIMES } from '@oakring/http';
import type { RequestTimes } from '@oakring/metrics';
import type { Ports } from '@oakring/ports';
import type { EventLogReader } from '@oakring/stores';
import {
  DEAD_LETTERS,
  LEADERSHIP,
  MEASURED,
  MESSAGE_COUNTS,
  ROOT_VIEW,
  VERIFICATION,
  WITNESSES,
  type DeadLetterList,
  type LeadershipView,
  type Measured,
  type RootView,
  type VerificationView,
  type WitnessView,
} from '../../injection/query-tokens.js';
import { EVENT_LOG, PORTS, TELEMETRY } from '../../injection/tokens.js';
import type { TelemetryReader } from '../../telemetry/telemetry-table.js';
import { Projection } from '../../views/projection.js';
import { takeCensus, type Census } from './census.js';
import { LedgerCounts } from './ledger-counts.js';

/** A store that does not answer must not keep a scrape waiting. */
const patienceMs = 1_000;

/** What comes in. */
@Injectable()
export class TrafficSources {
  constructor(
    @Inject(TELEMETRY) readonly telemetry: TelemetryReader,
    @Inject(DEAD_LETTERS) readonly deadLetters: DeadLetterList,
    @Inject(MESSAGE_COUNTS) readonly messages: ReadonlyMap<string, number>,
    readonly refusals: Refusals,
    @Inject(REQUEST_TIMES) readonly requests: RequestTimes,
  ) {}
}

/** The ledger with its evidence, and the root. */
@Injectable()
export class EvidenceSources {
  constructor(
    @Inject(EVENT_LOG) readonly log: EventLogReader,
    @Inject(VERIFICATION) readonly verification: VerificationView,
    @Inject(WITNESSES) readonly witnesses: readonly WitnessView[],
    @Inject(ROOT_VIEW) readonly root: RootView | null,
  ) {}
}

/** What is measured of a manager. */
@Injectable()
export class MetricSources {
  constructor(
    readonly projection: Projection,
    readonly ledger: LedgerCounts,
    readonly traffic: TrafficSources,
    readonly evidence: EvidenceSources,
    @Inject(LEADERSHIP) readonly leadership: LeadershipView,
    @Inject(PORTS) readonly ports: Ports,
    @Inject(MEASURED) private readonly beside: Measured,
  ) {}

  measured(): Measured {
    return this.beside;
  }

  census(): Census {
    const { ledger, projection } = this;
    const { telemetry } = this.traffic;
    const unexpectedSince = (nodeId: string): number => ledger.unexpectedSince(nodeId);
    return takeCensus({ state: projection.state, telemetry, unexpectedSince });
  }

  /** Seconds since a commit time, as our clock has it; 0: there is none. */
  ageOf(atMs: number | null): number {
    return atMs === null ? 0 : Math.max(0, this.ports.clock.wallMs() - atMs) / 1_000;
  }

  /** What a store answers, or `otherwise` if it does not in a while. */
  async inTime<T, O>(answer: Promise<T>, otherwise: O): Promise<T | O> {
    const patience = new AbortController();
    const waited = this.ports.timers.sleep(patienceMs, patience.signal).then(() => otherwise);
    const first = await Promise.race([answer.catch(() => otherwise), waited]);
    patience.abort();
    return first;
  }
}

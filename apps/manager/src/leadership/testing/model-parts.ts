import { startLoops } from '../../compose/start-loops.js';
import { MemoryTelemetryLog } from '@oakring/telemetry';
import { numberedKey } from '@oakring/events/testing';
import type { Ports } from '@oakring/ports';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { LiveExecs } from '../../exec/live-execs.js';
import type { Projection } from '../../views/projection.js';
import { RecentTraces } from '../../views/recent-traces.js';
import type { TermParts } from '../term.js';
import { spokenTo } from '../../wires/spoken.js';
import type { RemoteLog } from './shared-store.js';

const key = numberedKey(1);

/** A manager's parts on a store that several share, with a broker that is always there. */
export function partsOf(
  store: RemoteLog,
  projection: Projection,
  name: string,
  ports: Ports,
): TermParts {
  return {
    ...{ log: store, place: 'the model', projection, ports },
    connection: noConnection,
    wires: spokenTo(projection),
    traces: new RecentTraces(ports.clock),
    reachesBroker: async () => true,
    refuseHalfRestored: async () => {},
    storeTime: async () => ports.clock.wallMs(),
    scheduler: { schedule: () => Promise.reject(new Error('nobody schedules here')) },
    table: new TelemetryTable(ports),
    startLoops: (parts, stopping) =>
      startLoops(
        {
          ...{ ...parts, authority: null, witnesses: [], root: null, network: null },
          ...{ accounts: null, vault: null },
          execs: new LiveExecs(),
        },
        stopping,
      ),
    openTelemetryLog: async () => new MemoryTelemetryLog(),
    leader: () => ({
      ...{ clusterName: 'c', clusterLocation: '', software: 's', host: name, pid: 1 },
      ...{ url: `http://${name}`, key },
    }),
    warn: () => {},
  };
}

/** A link to the broker on which nothing is said. */
export const noConnection = {
  connected: true,
  unreachedMs: 0,
  onUp: () => () => {},
  onDown: () => () => {},
  publish: async () => {},
  start: () => {},
  stop: async () => {},
};

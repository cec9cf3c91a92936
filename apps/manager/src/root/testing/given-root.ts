import { clusterKey, type ClusterState } from '@oakring/model';
import type { Command } from '../../commands/command.js';
import { given, type Given } from '../../testing/given.js';
import { reportOf, toldKeys, type Limits, type Measured, type Report } from '../report.js';

export const rootId = '5f1d2c3b4a59687766554433';

/** A cluster that its root knows as `rootId`, after these commands. */
export function givenRoot(...commands: readonly Command[]): Given {
  const cluster = founded();
  cluster.when({ type: 'RecordRoot', root: rootId });
  for (const command of commands) cluster.when(command);
  return cluster;
}

/** A cluster that no root has taken in. */
export function founded(): Given {
  const cluster = given();
  const facts = { clusterId: 'c-1', name: 'n', location: 'l', epoch: 1, storm: null };
  (cluster.state as ClusterState).cluster.set(clusterKey, {
    ...{ ...facts, catalogue: null, root: null, restored: null, keyEvents: 0, unheardSince: null },
  });
  return cluster;
}

/** Nothing is known of how busy the nodes are. */
export const unmeasured: Measured = {
  latest: () => null,
  foreignOf: () => ({ cpuMillis: 0, memoryMiB: 0 }),
  gpusOf: () => null,
  figuresOf: () => null,
  hasCreated: () => false,
};

/** Of all that the root is told of. */
export function wholeReport(
  { state }: Given,
  measured: Measured = unmeasured,
  limits: Limits = { instances: 200, bytes: 256_000 },
): Report {
  return reportOf({ state, measured }, toldKeys(state), limits);
}

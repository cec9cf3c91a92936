import type { Clock } from '@oakring/ports';
import type { ManagerSettings } from '../config/manager-settings.js';
import { NetworkRoot } from '../root/network-root.js';
import { RootStanding } from '../root/root-standing.js';
import type { RootParts } from '../root/root-speaking.js';

const usualHttpPort = 10_000;

/** The root that the settings name; null: the cluster stands alone. `ownPort`: where we listen. */
export function rootPartsOf(
  settings: ManagerSettings,
  clock: Clock,
  ownPort: () => number,
): RootParts | null {
  const { systemManagerUrl: place, oakestra, clusterName, clusterLocation } = settings;
  if (place === null || oakestra === false) return null;
  const root = new NetworkRoot({
    ...{ host: place.host, clusterName, clusterLocation },
    httpPort: settings.systemManagerPort ?? place.port ?? usualHttpPort,
    grpcPort: settings.systemManagerGrpcPort,
    managerPort: () => settings.myPort ?? ownPort(),
    networkPort: settings.serviceManagerPort ?? 0,
  });
  return { root, standing: new RootStanding(clock), forgetful: settings.oakestraForgetfulRoot };
}

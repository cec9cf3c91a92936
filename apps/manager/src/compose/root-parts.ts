import type { Clock } from '@oakring/ports';
import type { ManagerSettings } from '../config/manager-settings.js';
import { NetworkComponent } from '../root/network-component.js';
import { NetworkRoot } from '../root/network-root.js';
import { RootStanding } from '../root/root-standing.js';
import type { RootParts } from '../root/root-speaking.js';

const usualHttpPort = 10_000;
const usualNetworkPort = 10_110;

/** The root that the settings name; null: the cluster stands alone. `ownPort`: where we listen. */
export function rootPartsOf(
  settings: ManagerSettings,
  clock: Clock,
  ownPort: () => number,
): RootParts | null {
  const { systemManagerUrl: place, speaksOakestra, clusterName, clusterLocation } = settings;
  if (place === null || !speaksOakestra) return null;
  const root = new NetworkRoot({
    ...{ host: place.host, clusterName, clusterLocation },
    httpPort: settings.systemManagerPort ?? place.port ?? usualHttpPort,
    grpcPort: settings.systemManagerGrpcPort,
    managerPort: () => settings.myPort ?? ownPort(),
    networkPort: networkPortOf(settings) ?? 0,
  });
  return { root, standing: new RootStanding(clock), forgetful: settings.oakestraForgetfulRoot };
}

/** The service manager that is told of starts; null: none is named. */
export function networkPartOf(
  settings: ManagerSettings,
  warn: (line: string) => void,
): NetworkComponent | null {
  const { serviceManager: place, speaksOakestra } = settings;
  const port = networkPortOf(settings);
  if (place === null || port === null || !speaksOakestra) return null;
  return new NetworkComponent({ host: place.host, port }, warn);
}

function networkPortOf({ serviceManager, serviceManagerPort }: ManagerSettings): number | null {
  return (
    serviceManagerPort ??
    (serviceManager === null ? null : (serviceManager.port ?? usualNetworkPort))
  );
}

import {
  isLoopback,
  OakringError,
  readSettings,
  settingsCatalogue,
  type Settings,
} from '@oakring/contracts';
import { isMongoUrl, storeAddressOf } from '@oakring/events';
import { resolve } from 'node:path';

const wildcardHosts = new Set(['0.0.0.0', '::']);

const {
  data,
  store,
  host,
  port,
  schedulerPort,
  schedulerUrl,
  mqttPort,
  mqttUrl,
  mqttUsername,
  mqttPassword,
  token,
  advertiseUrl,
  allowOpen,
  clusterName,
  clusterLocation,
} = settingsCatalogue;

const catalogue = {
  data,
  store,
  host,
  port,
  schedulerPort,
  schedulerUrl,
  mqttPort,
  mqttUrl,
  mqttUsername,
  mqttPassword,
  token,
  advertiseUrl,
  allowOpen,
  clusterName,
  clusterLocation,
};

export type ManagerSettings = Settings<typeof catalogue> & {
  /** Absolute folder of all state. */
  readonly dataFolder: string;
  /** Where the ledger is: an absolute folder, or a MongoDB URL. */
  readonly storeAddress: string;
};

/** Settings of a manager, validated. Throws `settings-invalid` listing every bad variable. */
export function readManagerSettings(
  env: Readonly<Record<string, string | undefined>>,
): ManagerSettings {
  const settings = readSettings(catalogue, env);
  refuseOpenListener(settings);
  refuseUnreachableAdvertisement(settings);
  const dataFolder = resolve(settings.data);
  return Object.freeze({
    ...settings,
    dataFolder,
    storeAddress: storeAddressOf(settings.store, dataFolder),
  });
}

/** Several managers tell each other where they are: that cannot be "everywhere". */
function refuseUnreachableAdvertisement(settings: Settings<typeof catalogue>): void {
  const { host, store, advertiseUrl } = settings;
  if (advertiseUrl !== null || !isMongoUrl(store) || !wildcardHosts.has(host)) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `OAKRING_ADVERTISE_URL is not set. With OAKRING_STORE in MongoDB other managers must know ` +
      `where to reach this one, and OAKRING_HOST=${host} does not say it.`,
    field: 'OAKRING_ADVERTISE_URL',
  });
}

function refuseOpenListener(settings: Settings<typeof catalogue>): void {
  if (isLoopback(settings.host) || settings.allowOpen) return;
  const missing: string[] = [];
  if (settings.token === null) missing.push('OAKRING_TOKEN');
  if (settings.mqttUrl === null && settings.mqttUsername === null) {
    missing.push('OAKRING_MQTT_USERNAME');
  }
  if (settings.mqttUrl === null && settings.mqttPassword === null) {
    missing.push('OAKRING_MQTT_PASSWORD');
  }
  if (missing.length === 0) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `OAKRING_HOST=${settings.host} is reachable from other machines, but ${missing.join(', ')} ` +
      `${missing.length === 1 ? 'is' : 'are'} not set. Set credentials, or OAKRING_ALLOW_OPEN=true.`,
    field: 'OAKRING_HOST',
    value: settings.host,
  });
}

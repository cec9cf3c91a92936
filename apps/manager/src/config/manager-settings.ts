import {
  isLoopback,
  OakringError,
  readSettings,
  settingsCatalogue,
  type Settings,
} from '@oakring/contracts';
import { join, resolve } from 'node:path';

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
  /** Absolute folder of the ledger. */
  readonly ledgerFolder: string;
};

/** Settings of a manager, validated. Throws `settings-invalid` listing every bad variable. */
export function readManagerSettings(
  env: Readonly<Record<string, string | undefined>>,
): ManagerSettings {
  const settings = readSettings(catalogue, env);
  refuseOpenListener(settings);
  const dataFolder = resolve(settings.data);
  return Object.freeze({
    ...settings,
    dataFolder,
    ledgerFolder: settings.store === '' ? join(dataFolder, 'ledger') : resolve(settings.store),
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

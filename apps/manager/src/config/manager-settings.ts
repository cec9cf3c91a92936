import { OakringError, readSettings, settingsCatalogue, type Settings } from '@oakring/contracts';
import { isLoopbackAddress, refuseOpenListener, type Listener } from '@oakring/host';
import { isMongoUrl, storeAddressOf } from '@oakring/stores';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { readWitnesses, type ConfiguredWitness } from './witness-setting.js';

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
  allowedHosts,
  tsaUrl,
  tsaCa,
  witnesses,
  maxNodes,
  allowOpen,
  clusterName,
  clusterLocation,
  oakestraCpuOvercommit,
  oakestraUnkept,
  oakestraLostAfterMs,
  systemManagerUrl,
  oakestra,
} = settingsCatalogue;

const catalogue = {
  tsaUrl,
  tsaCa,
  witnesses,
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
  allowedHosts,
  maxNodes,
  allowOpen,
  clusterName,
  clusterLocation,
  oakestraCpuOvercommit,
  oakestraUnkept,
  oakestraLostAfterMs,
  systemManagerUrl,
  oakestra,
};

export type ManagerSettings = Settings<typeof catalogue> & {
  /** Absolute folder of all state. */
  readonly dataFolder: string;
  /** Of `witnesses`, what they say. */
  readonly knownWitnesses: readonly ConfiguredWitness[];
  /** Where the ledger is: an absolute folder, or a MongoDB URL. */
  readonly storeAddress: string;
};

/** Settings of a manager, validated. Throws `settings-invalid` listing every bad variable. */
export function readManagerSettings(
  env: Readonly<Record<string, string | undefined>>,
): ManagerSettings {
  const settings = readSettings(catalogue, env);
  // What a name leads to is judged when it is bound.
  if (isIP(settings.host) !== 0) refuseOpenListener(settings.host, listenerOf(settings));
  refuseUnreachableAdvertisement(settings);
  refusePlainAuthority(settings);
  const dataFolder = resolve(settings.data);
  return Object.freeze({
    ...settings,
    dataFolder,
    knownWitnesses: readWitnesses(settings.witnesses),
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

/** Who listens on the way learns from plain HTTP when we sealed what, and may withhold the answer. */
function refusePlainAuthority({ tsaUrl: url }: Settings<typeof catalogue>): void {
  if (url === null) return;
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === 'localhost' || isLoopbackAddress(hostname.replace(/[[\]]/g, ''));
  if (protocol === 'https:' || isHere) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail: `OAKRING_TSA_URL: "${url}" is neither https:// nor on this machine.`,
    field: 'OAKRING_TSA_URL',
  });
}

/** The listeners of a manager, and what keeps strangers out of them. */
export function listenerOf(settings: Settings<typeof catalogue>): Listener {
  const { host, allowOpen, token, mqttUrl, mqttUsername, mqttPassword } = settings;
  const missing: string[] = [];
  if (token === null) missing.push('OAKRING_TOKEN');
  if (mqttUrl === null && mqttUsername === null) missing.push('OAKRING_MQTT_USERNAME');
  if (mqttUrl === null && mqttPassword === null) missing.push('OAKRING_MQTT_PASSWORD');
  return { host, missing, allowOpen };
}

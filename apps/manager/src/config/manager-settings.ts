import {
  OakringError,
  readSettings,
  settingsCatalogue,
  shownUrl,
  type Settings,
} from '@oakring/contracts';
import { isLoopbackAddress, refuseOpenListener, type Listener } from '@oakring/host';
import { isMongoUrl, storeAddressOf } from '@oakring/stores';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { readWitnesses, type ConfiguredWitness } from './witness-setting.js';

const wildcardHosts = new Set(['0.0.0.0', '::']);

const {
  data,
  store,
  secretsKeyFile,
  host,
  port,
  schedulerPort,
  schedulerUrl,
  schedulerToken,
  mqttPort,
  mqttUrl,
  mqttUsername,
  mqttPassword,
  mqttAccounts,
  token,
  advertiseUrl,
  allowedHosts,
  tsaUrl,
  tsaCa,
  witnesses,
  maxNodes,
  httpRate,
  logForm,
  logLevel,
  tls,
  tlsCert,
  tlsKey,
  tlsCa,
  allowOpen,
  clusterName,
  clusterLocation,
  oakestraCpuOvercommit,
  oakestraUnkept,
  oakestraLostAfterMs,
  systemManagerUrl,
  systemManagerPort,
  systemManagerGrpcPort,
  myPort,
  serviceManager,
  serviceManagerPort,
  oakestraForgetfulRoot,
  oakestra,
  oakestraHosts,
  mqttBroker,
  mqttBrokerPort,
  mqttCert,
  mqttKeyPassword,
} = settingsCatalogue;

const catalogue = {
  tsaUrl,
  tsaCa,
  witnesses,
  data,
  store,
  secretsKeyFile,
  host,
  port,
  schedulerPort,
  schedulerUrl,
  schedulerToken,
  mqttPort,
  mqttUrl,
  mqttUsername,
  mqttPassword,
  mqttAccounts,
  token,
  advertiseUrl,
  allowedHosts,
  maxNodes,
  httpRate,
  logForm,
  logLevel,
  tls,
  tlsCert,
  tlsKey,
  tlsCa,
  allowOpen,
  clusterName,
  clusterLocation,
  oakestraCpuOvercommit,
  oakestraUnkept,
  oakestraLostAfterMs,
  systemManagerUrl,
  systemManagerPort,
  systemManagerGrpcPort,
  myPort,
  serviceManager,
  serviceManagerPort,
  oakestraForgetfulRoot,
  oakestra,
  oakestraHosts,
  mqttBroker,
  mqttBrokerPort,
  mqttCert,
  mqttKeyPassword,
};

export type ManagerSettings = Settings<typeof catalogue> & {
  /** Absolute folder of all state. */
  readonly dataFolder: string;
  /** Of `witnesses`, what they say. */
  readonly knownWitnesses: readonly ConfiguredWitness[];
  /** Where the ledger is: an absolute folder, or a MongoDB URL. */
  readonly storeAddress: string;
  /** Nobody is asked for a credential over HTTP. (The embedded broker goes by `allowOpen` itself.) */
  readonly isOpen: boolean;
  /** Whether we speak with Oakestra's workers, and with its root where there is one. */
  readonly speaksOakestra: boolean;
};

/** Settings of a manager, validated. Throws `settings-invalid` listing every bad variable. */
export function readManagerSettings(
  env: Readonly<Record<string, string | undefined>>,
): ManagerSettings {
  const settings = withBroker(readSettings(catalogue, env));
  // What a name leads to is judged when it is bound.
  if (isIP(settings.host) !== 0) {
    refuseOpenListener(settings.host, listenerOf(settings));
    if (speaksOakestra(settings)) refuseOpenWire(settings.host, settings);
  }
  refuseUnreachableAdvertisement(settings);
  refusePlainAuthority(settings);
  refuseNamelessToRoot(settings);
  refuseAccountsOfNobody(settings);
  const dataFolder = resolve(settings.data);
  return Object.freeze({
    ...settings,
    dataFolder,
    isOpen: settings.allowOpen && settings.token === null,
    speaksOakestra: speaksOakestra(settings),
    knownWitnesses: readWitnesses(settings.witnesses),
    storeAddress: storeAddressOf(settings.store, dataFolder),
  });
}

/** The broker by the name that Oakestra has for it, where ours is not set. */
function withBroker(settings: Settings<typeof catalogue>): Settings<typeof catalogue> {
  const { mqttBroker: broker, mqttBrokerPort: port, mqttCert } = settings;
  if (settings.mqttUrl !== null || broker === null) return settings;
  return {
    ...settings,
    mqttUrl: `${mqttCert === '' ? 'mqtt' : 'mqtts'}://${broker.host}:${broker.port ?? port ?? 10_003}`,
  };
}

function speaksOakestra({ oakestra, systemManagerUrl }: Settings<typeof catalogue>): boolean {
  return oakestra ?? systemManagerUrl !== null;
}

type OpenWireSettings = Pick<
  Settings<typeof catalogue>,
  'host' | 'allowOpen' | 'oakestraHosts' | 'mqttUrl' | 'mqttCert'
>;

/**
 * Neither workers nor root of Oakestra can show a credential. Beyond loopback it must be said who they
 * are: by their addresses over HTTP, and to the broker, which is not ours then. Throws `settings-invalid`.
 */
export function refuseOpenWire(
  address: string,
  { host, allowOpen, oakestraHosts: hosts, mqttUrl: url, mqttCert }: OpenWireSettings,
): void {
  if (isLoopbackAddress(address) || allowOpen) return;
  const missing: string[] = [];
  if (hosts.length === 0) missing.push('OAKRING_OAKESTRA_HOSTS is not set');
  if (url === null || mqttCert === '' || new URL(url).protocol !== 'mqtts:') {
    missing.push('no broker with certificates is named (MQTT_CERT, OAKRING_MQTT_URL=mqtts://…)');
  }
  if (missing.length === 0) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail:
      `OAKRING_HOST=${host} is reachable from other machines, and Oakestra's workers and root show no ` +
      `credentials; ${missing.join(', and ')}. Mend that, or set OAKRING_ALLOW_OPEN=true.`,
    field: 'OAKRING_OAKESTRA',
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

export const schedulerTokenRemedy =
  'Set OAKRING_SCHEDULER_TOKEN here and there, and OAKRING_MANAGER_TOKEN there to a token of the role scheduler.';

/** What the manager shows to the scheduler by its settings; null: they name nothing. */
export function shownToScheduler({
  schedulerToken,
  token,
}: Pick<ManagerSettings, 'schedulerToken' | 'token'>): string | null {
  return schedulerToken ?? token;
}

/** Whether the scheduler is one of this machine, which finds the same token there that we made. */
export function hasSchedulerHere({
  schedulerUrl: url,
}: Pick<ManagerSettings, 'schedulerUrl'>): boolean {
  if (url === null) return true;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/[[\]]/g, ''));
}

/** That a scheduler elsewhere is shown what opens everything here; null: it is shown something else. */
export function schedulerKnowsToken(
  settings: Pick<ManagerSettings, 'schedulerUrl' | 'schedulerToken' | 'token'>,
): string | null {
  const { schedulerUrl: url, schedulerToken, token } = settings;
  if (url === null || token === null) return null;
  if (shownToScheduler({ schedulerToken, token }) !== token) return null;
  return `OAKRING_TOKEN, which may do everything, is shown to the scheduler at ${shownUrl(url)}.`;
}

/** The broker in this process asks the ledger. */
function refuseAccountsOfNobody({ mqttAccounts, mqttUrl }: Settings<typeof catalogue>): void {
  if (mqttAccounts === 'none' || mqttUrl !== null) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail: `OAKRING_MQTT_ACCOUNTS=${mqttAccounts} has no effect: no broker elsewhere is named (OAKRING_MQTT_URL).`,
    field: 'OAKRING_MQTT_ACCOUNTS',
  });
}

/** A root takes no cluster in without name and place. */
function refuseNamelessToRoot(settings: Settings<typeof catalogue>): void {
  const { systemManagerUrl, clusterName: called, clusterLocation: place } = settings;
  if (systemManagerUrl === null || !speaksOakestra(settings)) return;
  const field = called === '' ? 'CLUSTER_NAME' : place === '' ? 'CLUSTER_LOCATION' : null;
  if (field === null) return;
  throw new OakringError({
    code: 'settings-invalid',
    detail: `${field} is empty, and the root that SYSTEM_MANAGER_URL names takes no cluster in without it.`,
    field,
  });
}

/** The listeners of a manager. None of them is without credentials: its first start makes some. */
export function listenerOf(settings: Settings<typeof catalogue>): Listener {
  const { host, allowOpen } = settings;
  return { host, missing: [], allowOpen, tls: settings };
}

import { join } from 'node:path';
import {
  badFinding,
  credentialsFolder,
  examineCertificates,
  examineClock,
  examineFolder,
  examineMachine,
  examinePort,
  holderOf,
  unseenFindings,
  type Finding,
  type ListeningPlace,
} from '@oakring/host';
import { listenAddress } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import { examineStore, isMongoUrl } from '@oakring/stores';
import {
  listenerOf,
  readManagerSettings,
  refuseOpenWire,
  schedulerKnowsToken,
  schedulerTokenRemedy,
  type ManagerSettings,
} from '../config/manager-settings.js';
import { examineBroker } from '../connection/examine-broker.js';
import { maxClockErrorMs } from '../leadership/fitness.js';
import { dialectsOf } from '../wires/spoken.js';
import { Wires } from '../wires/wires.js';
import { whatIsOpen, whatIsShared } from './open-access.js';

/** With three nodes it has 125 MB; the rest is for the moment in which it has most. */
const wantedMemoryBytes = 384 * 1_048_576;
/** Files, HTTP connections and those to store and broker. */
const ownOpenFiles = 2_048;

/**
 * Everything that a manager with these settings needs, and the scheduler beside it where none is named, looked
 * at without starting one; also beside one that runs. Nothing is changed.
 */
export async function examineManager(
  env: Readonly<Record<string, string | undefined>>,
  ports: Ports,
): Promise<readonly Finding[]> {
  const looked = 'settings (environment and flags)';
  let settings: ManagerSettings;
  try {
    settings = readManagerSettings(env);
  } catch (error) {
    // What they name cannot be looked at; the machine can.
    return [
      badFinding('settings', looked, error),
      ...unseenFindings('ports', 'disk', 'store', 'broker'),
      ...machineFor(null),
      await examineClock(),
    ];
  }
  const { storeAddress, speaksOakestra } = settings;
  const wires = new Wires(dialectsOf({ oakestra: speaksOakestra }), () => null);
  return [
    { part: 'settings', level: 'ok', looked, seen: 'all of them can be used' },
    whoMayAsk(settings),
    ...whatDevicesShare(settings),
    ...whatSchedulerKnows(settings),
    ...(await portsOf(settings)),
    ...(await certificatesOf(settings, ports)),
    ...(await foldersOf(settings)),
    ...(await examineStore(storeAddress, ports, maxClockErrorMs)),
    ...(await examineBroker(settings, wires, ports)),
    ...machineFor(settings),
    await examineClock(),
  ];
}

function whoMayAsk(settings: ManagerSettings): Finding {
  const open = whatIsOpen(settings);
  const about = { part: 'access', looked: 'who may come in (OAKRING_TOKEN, OAKRING_ALLOW_OPEN)' };
  if (open !== null) {
    const remedy = 'Take OAKRING_ALLOW_OPEN away, unless the machine and its network are closed.';
    return { ...about, level: 'warning', seen: open, remedy };
  }
  const folder = credentialsFolder(settings.dataFolder);
  const shown = settings.token === null ? '' : 'OAKRING_TOKEN, ';
  const seen = `whoever shows ${shown}the credential of this machine, in ${folder}, or a token that holds`;
  return { ...about, level: 'ok', seen };
}

function whatDevicesShare(settings: ManagerSettings): readonly Finding[] {
  const seen = whatIsShared(settings);
  if (seen === null) return [];
  const looked = 'what devices share (OAKRING_MQTT_USERNAME)';
  const remedy =
    'Let each worker join (oakring token create --role join); take the setting away with the last that cannot.';
  return [{ part: 'access', level: 'warning', looked, seen, remedy }];
}

function whatSchedulerKnows(settings: ManagerSettings): readonly Finding[] {
  const seen = schedulerKnowsToken(settings);
  if (seen === null) return [];
  const looked = 'what a scheduler elsewhere is shown (OAKRING_SCHEDULER_TOKEN)';
  return [{ part: 'settings', level: 'warning', looked, seen, remedy: schedulerTokenRemedy }];
}

async function portsOf(settings: ManagerSettings): Promise<readonly Finding[]> {
  const { host, port, schedulerPort, schedulerUrl, mqttPort, mqttUrl, speaksOakestra } = settings;
  let address: string;
  try {
    address = await listenAddress(listenerOf(settings));
    if (speaksOakestra) refuseOpenWire(address, settings);
  } catch (error) {
    return [badFinding('ports', `address to listen on, ${host} (OAKRING_HOST)`, error)];
  }
  const data = { folder: settings.dataFolder, setting: 'OAKRING_DATA' };
  const about = { address, data };
  const places: ListeningPlace[] = [
    { name: 'manager', setting: 'OAKRING_PORT', port, ...about },
    ...(schedulerUrl === null
      ? [{ name: 'scheduler', setting: 'OAKRING_SCHEDULER_PORT', port: schedulerPort, ...about }]
      : []),
    ...(mqttUrl === null
      ? [{ name: 'broker', setting: 'OAKRING_MQTT_PORT', port: mqttPort, ...about }]
      : []),
  ];
  const ours = await oursBy(settings.dataFolder);
  return Promise.all(places.map((place) => examinePort(place, ours)));
}

/** Of an address that cannot be listened on something is said already. */
async function certificatesOf(
  settings: ManagerSettings,
  { clock }: Pick<Ports, 'clock'>,
): Promise<readonly Finding[]> {
  const address = await listenAddress(listenerOf(settings)).catch(() => null);
  if (address === null) return [];
  const { advertiseUrl } = settings;
  return examineCertificates(settings, { address, advertiseUrl, nowMs: clock.wallMs() });
}

/** A port is ours where whoever listens there has our data folder. */
async function oursBy(folder: string): Promise<(pid: number | null) => Promise<string | null>> {
  const answer = await holderOf(folder);
  return async (pid) => {
    if (answer.status !== 'holder') return null;
    const { pid: holder, what } = answer.holder;
    // Of another user's process only the folder tells.
    if (pid !== null && pid !== holder) return null;
    return `${what} that has the data folder, process ${holder}`;
  };
}

async function foldersOf(settings: ManagerSettings): Promise<readonly Finding[]> {
  const { dataFolder, storeAddress } = settings;
  const findings = await examineFolder(dataFolder, `data folder ${dataFolder} (OAKRING_DATA)`);
  const isBeside = isMongoUrl(storeAddress) || storeAddress === join(dataFolder, 'ledger');
  if (isBeside) return findings;
  const store = await examineFolder(
    storeAddress,
    `ledger's folder ${storeAddress} (OAKRING_STORE)`,
  );
  return [...findings, ...store];
}

function machineFor(settings: ManagerSettings | null): readonly Finding[] {
  // Workers of a broker elsewhere are connected there.
  const sockets = settings === null || settings.mqttUrl !== null ? 0 : settings.maxNodes;
  return examineMachine({ openFiles: ownOpenFiles + sockets, memoryBytes: wantedMemoryBytes });
}

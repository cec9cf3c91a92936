import { join, resolve } from 'node:path';
import { openDataKeys, type EventLogReader } from '@oakring/stores';
import type { SigningKey } from '@oakring/events';
import type { ClusterState } from '@oakring/model';
import type { Ports, Undo } from '@oakring/ports';
import { startViews, type Views } from './compose-manager.js';
import { openOwnCredentials, type OwnCredentials } from '../access/own-credentials.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { PastStates } from '../history/past-states.js';
import { SnapshotKeeper } from '../history/snapshot-keeper.js';
import { SnapshotStore } from '../history/snapshot-store.js';
import { ClusterProof } from '../http/forwarding/cluster-proof.js';
import { NodeTokens } from '../inbox/node-tokens.js';
import type { StoreSurroundings } from '../leadership/once-there.js';
import { openStores, type Stores } from '../leadership/open-stores.js';
import { openSigningKey } from '../sealing/key-file.js';
import { masterKeyAt } from '../secrets/master-key.js';
import { SecretVault } from '../secrets/secret-vault.js';
import { removeOtherVersions, versioned } from '../views/versioned-folder.js';
import type { Projection } from '../views/projection.js';
import { dialectsOf } from '../wires/spoken.js';
import { telemetryOf, type Telemetry } from './telemetry-of.js';

/** What a manager has from its start to its end, leading or not. */
export interface Kept extends Views {
  readonly stores: Stores;
  readonly deadLetters: DeadLetters;
  readonly key: SigningKey;
  readonly tokens: NodeTokens;
  /** Null: nobody is asked for any. */
  readonly own: OwnCredentials | null;
  /** How managers of the store know each other; null for a folder, which has one. */
  readonly proof: ClusterProof | null;
  readonly past: PastStates;
  readonly telemetry: Telemetry;
  readonly vault: SecretVault;
}

/** Opens the data folder and the store, in the order that damages nothing. Throws as `openStores`. */
export async function openKept(
  settings: ManagerSettings,
  surroundings: StoreSurroundings,
  stopping: Undo,
): Promise<Kept> {
  const { ports, warn } = surroundings;
  const stores = await openStores(settings, process.pid, surroundings);
  stopping.add(() => stores.close());
  const deadLetters = await DeadLetters.open(settings.dataFolder, ports);
  stopping.add(() => deadLetters.close());
  const key = await openSigningKey(settings.dataFolder);
  const tokens = await openTokens(settings, stores);
  const { recovered, checkpoints } = stores;
  const own = ownOf(settings, key, recovered.state);
  const dialects = dialectsOf({ oakestra: settings.speaksOakestra });
  const spoken = { ...surroundings, dialects };
  const views = startViews(recovered.state, checkpoints, spoken, stopping);
  const { projection } = views;
  const past = await openPast(settings, { log: stores.log, projection, ports, warn }, stopping);
  const proof =
    stores.secret === null ? null : await ClusterProof.of(settings.token, stores.secret, ports);
  const telemetry = telemetryOf(settings, stores, surroundings);
  const vault = await openVault(settings, stores);
  return { ...views, stores, deadLetters, key, tokens, own, proof, past, telemetry, vault };
}

/** The states of the past, saved as they pass. */
async function openPast(
  { dataFolder }: ManagerSettings,
  { log, projection, ports, warn }: PastParts,
  stopping: Undo,
): Promise<PastStates> {
  const snapshots = await SnapshotStore.open(versioned(dataFolder, 'snapshots'));
  await removeOtherVersions(dataFolder, 'snapshots');
  const keeper = new SnapshotKeeper(snapshots, projection, ports, warn);
  keeper.start();
  stopping.add(() => keeper.stop());
  return new PastStates(log, projection, snapshots, ports);
}

interface PastParts {
  readonly log: EventLogReader;
  readonly projection: Projection;
  readonly ports: Ports;
  readonly warn: (line: string) => void;
}

/** Beside OAKRING_TOKEN as well, which programs of this machine need not be told then. */
function ownOf(
  { dataFolder, isOpen, mqttUrl }: ManagerSettings,
  { fingerprint }: SigningKey,
  state: ClusterState,
): OwnCredentials | null {
  if (isOpen) return null;
  return openOwnCredentials(dataFolder, { fingerprint, withBroker: mqttUrl === null }, state);
}

/** Several managers of one store have one key, which an operator gives to each of them. */
async function openVault(
  { dataFolder, secretsKeyFile }: ManagerSettings,
  { mongodb }: Stores,
): Promise<SecretVault> {
  const folder = join(dataFolder, 'secrets');
  const keys = await openDataKeys(join(folder, 'keys'), mongodb);
  if (secretsKeyFile !== '') {
    return SecretVault.open(keys, masterKeyAt(resolve(secretsKeyFile), false));
  }
  const own = mongodb === null ? masterKeyAt(join(folder, 'master.key'), true) : null;
  return SecretVault.open(keys, own);
}

function openTokens(settings: ManagerSettings, { secret }: Stores): Promise<NodeTokens> {
  if (secret !== null) return Promise.resolve(NodeTokens.of(secret));
  return NodeTokens.open(settings.dataFolder);
}

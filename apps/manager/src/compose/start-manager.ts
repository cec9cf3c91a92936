import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { certificateFiles, keepAddress, type Trust } from '@oakring/host';
import { listenAddress, listenOn, ownNames } from '@oakring/http';
import type { ProgramLog } from '@oakring/log';
import { type Ports, Undo } from '@oakring/ports';
import { isMongoUrl } from '@oakring/stores';
import type { OwnCredentials } from '../access/own-credentials.js';
import { composeManager } from './compose-manager.js';
import { watchHealth } from './watch-health.js';
import { inboxOf } from './inbox-parts.js';
import { managerTls, type ManagerTls } from './manager-tls.js';
import { ownAuthority } from './own-authority.js';
import { serviceRulesOf } from './service-rules.js';
import {
  hasSchedulerHere,
  listenerOf,
  refuseOpenWire,
  schedulerKnowsToken,
  schedulerTokenRemedy,
  shownToScheduler,
  type ManagerSettings,
} from '../config/manager-settings.js';
import { createHttpApp } from '../http/create-http-app.js';
import { eventLines } from '../journal/event-lines.js';
import { ManagerModule, type ManagerParts } from './manager.module.js';
import { HttpScheduler } from '../scheduling/http-scheduler.js';
import { openAuthority } from '../sealing/http-authority.js';
import { withoutRoot } from '../inbox/root/root-orders.js';
import { LedgerTree } from '../queries/ledger/ledger-tree.js';
import { networkPartOf, rootPartsOf } from './root-parts.js';
import { witnessesOf, witnessView } from './witnesses.js';
import type { CertificateFiles, LeadershipView } from '../injection/query-tokens.js';
import type { Projection } from '../views/projection.js';
import { LedgerVerification } from '../verification/ledger-verification.js';
import { openAccess, type ManagerAccess } from './open-access.js';
import { brokerOf } from './broker-of.js';
import { openBrokerOf } from './open-broker-of.js';
import { openKept, type Kept } from './open-kept.js';

export interface ManagerOptions {
  /** Name and version that opens the epoch. */
  readonly software: string;
  /** Asked at each call: a scheduler in this process starts after the manager. */
  readonly schedulerUrl: () => string;
  readonly log: ProgramLog;
  /** Cuts a start short that waits for its store: it throws `shutting-down`. */
  readonly stopping?: AbortSignal;
}

export interface RunningManager extends Omit<ManagerAccess, 'identities'> {
  /** Where others reach it. */
  readonly url: string;
  /** Where this process reaches it. */
  readonly localUrl: string;
  /** By whom it is believed there. */
  readonly localTrust: Trust;
  readonly mqttUrl: string;
  /** Position of the log before this start; 0 for a new one. */
  readonly positionBefore: number;
  /** Resolves once `/health/ready` answers 200: leading and connected to the broker, or following. */
  readonly ready: Promise<void>;
  /** Rejects when the manager cannot go on. */
  readonly failed: Promise<never>;
  /** Begins to ask the scheduler. */
  startPlacing(): void;
  stop(): Promise<void>;
}

interface Named {
  /** Names that others reach us by. */
  readonly names: readonly string[];
  readonly tls: ManagerTls;
}

/**
 * Starts a manager: takes the folder, replays the log, opens an epoch, then lets the world in.
 * Throws OakringErrors that name the setting to change.
 */
export async function startManager(
  settings: ManagerSettings,
  ports: Ports,
  options: ManagerOptions,
): Promise<RunningManager> {
  const stopping = new Undo();
  try {
    // From here on the host is the address that was judged.
    const host = await listenAddress(listenerOf(settings));
    if (settings.speaksOakestra) refuseOpenWire(host, settings);
    const tls = managerTls(host, settings, ports, stopping);
    const names = [...ownNames(host, settings), ...(tls.shown?.names ?? [])];
    return await start({ ...settings, host }, ports, { ...options, names, tls }, stopping);
  } catch (error) {
    await stopping.run();
    throw error;
  }
}

async function start(
  settings: ManagerSettings,
  ports: Ports,
  options: ManagerOptions & Named,
  stopping: Undo,
): Promise<RunningManager> {
  const own = options.log.of('Manager');
  const warn = (line: string): void => own.say('warn', line);
  const kept = await openKept(settings, { ports, warn, stopping: options.stopping }, stopping);
  const { stores, projection, vault } = kept;
  const positionBefore = projection.position;
  const { identities, ...access } = openAccess(settings, kept, ports, (...one) => own.say(...one));
  const { log, place } = stores;
  const verification = new LedgerVerification({ log, projection, ports, place, warn });
  stopping.add(() => verification.stop());
  const parts = { kept, identities, ports, tls: options.tls };
  const { link, accounts, stands, whyUnheard } = await brokerOf(settings, parts, stopping);
  const { broker, connection } = link;
  const authority = await openAuthority(settings, ports);
  const witnesses = witnessesOf(settings, new LedgerTree(log, ports));
  const address = { local: '' };
  const root = rootPartsOf(settings, ports.clock, () => Number(new URL(address.local).port));
  const scheduler = schedulerOf(options, settings, { ...kept, ...ports, warn });
  const url = (): string => settings.advertiseUrl ?? address.local;
  const { table, messages, execs, leadership } = composeManager(
    kept,
    {
      ...{ ports, warn, store: stores, connection, reachesBroker: link.reaches, scheduler, url },
      onWorkerGone: (listener) =>
        broker?.onClientGone((_clientId, nodeId, clean) => {
          if (nodeId !== null && !clean) listener(nodeId);
        }),
      openTelemetryLog: (epoch, shedding) => kept.telemetry.open(epoch, shedding),
      key: kept.key,
      outsiders: {
        ...{ authority, witnesses, root, accounts, vault },
        network: networkPartOf(settings, warn),
      },
      leader: leaderOf(settings, options, kept.own),
    },
    stopping,
  );
  tell(options.log, projection, leadership, stopping);
  const seen = { leadership, stores, verification, scheduler, projection, root, ports };
  const health = watchHealth(seen, settings, stopping);
  address.local = await letWorldIn(
    {
      ...{ ...kept, ...stores, ports, connection, table, messages, scheduler, leadership },
      ...{ verification, health, execs, identities, whyUnheard },
      certificateAuthority: ownAuthority(settings, ports),
      knownWitnesses: witnessView(settings, witnesses),
      ...{ serviceRules: serviceRulesOf(settings), rootView: root },
      ...{ rootLink: root?.standing ?? withoutRoot, maxNodes: settings.maxNodes },
      openBroker: openBrokerOf(settings, { ...link, accounts, stands }, table),
      pastReadings: kept.telemetry.reader,
      measured: {
        ...{ commands: leadership.figures, leadership, scheduler, obstacle: stores.obstacle },
        ...measuredOf(settings, options.tls),
      },
    },
    settings,
    options,
    stopping,
  );
  keepOwn(address.local, settings, kept, options.tls);
  // Where others wait to take over they come first: what still arrives here is passed on to them.
  if (stores.leases !== null) stopping.add(() => leadership.stop());
  await leadership.start();
  verification.start();
  return {
    ...{ url: url(), localUrl: address.local, localTrust: options.tls.own, mqttUrl: link.url },
    ...access,
    positionBefore,
    ready: leadership.ready(),
    failed: heard(Promise.race([leadership.failed, stores.failed])),
    startPlacing: () => leadership.startPlacing(),
    stop: () => stopping.run(),
  };
}

/** Whoever is on this machine finds it by that, and how it is spoken to. */
function keepOwn(
  url: string,
  { dataFolder }: ManagerSettings,
  { own }: Pick<Kept, 'own'>,
  { shown }: ManagerTls,
): void {
  if (own !== null || shown !== null) keepAddress(dataFolder, url);
}

/** Whoever runs the manager listens; until then nobody is there to be told. */
function heard(failed: Promise<never>): Promise<never> {
  failed.catch(() => {});
  return failed;
}

function schedulerOf(
  { schedulerUrl, tls }: ManagerOptions & Named,
  settings: ManagerSettings,
  {
    traces,
    tracer,
    warn,
    own,
  }: Pick<Kept, 'traces' | 'own'> & Pick<Ports, 'tracer'> & { warn(line: string): void },
) {
  const shown = schedulerKnowsToken(settings);
  if (shown !== null) warn(`${shown} ${schedulerTokenRemedy}`);
  return new HttpScheduler(
    schedulerUrl,
    shownToScheduler(settings) ??
      (hasSchedulerHere(settings) ? (own?.scheduler.token ?? null) : null),
    (jobs) => traces.ofAny(jobs),
    tracer,
    // One that nobody names is in this process.
    settings.schedulerUrl === null ? tls.own : tls.others,
  );
}

/** The log has a line for each event, and where we stand in each line. */
function tell(log: ProgramLog, projection: Projection, leader: LeadershipView, stopping: Undo) {
  const lines = eventLines(
    log.of('Events'),
    () => projection.state,
    () => leader.status.leading,
  );
  stopping.add(projection.onProjected(lines));
  log.stand(() => ({ position: projection.position, epoch: projection.state.head.epoch }));
}

/** Where room is to be left, and certificates whose end is to be seen coming. */
function measuredOf(settings: ManagerSettings, { shown }: ManagerTls) {
  const { dataFolder, storeAddress, mqttCert, tsaCa } = settings;
  const { cert, ca } = certificateFiles(settings);
  const ofBroker = ['cluster.crt', 'ca.crt'].map((name) => join(mqttCert, name));
  const certificates: readonly CertificateFiles[] = [
    ...(mqttCert === '' ? [] : [{ setting: 'MQTT_CERT', paths: ofBroker }]),
    ...(shown === null ? [] : [{ setting: 'OAKRING_TLS_CERT', paths: [cert, ca] }]),
    ...(tsaCa === '' ? [] : [{ setting: 'OAKRING_TSA_CA', paths: [tsaCa] }]),
  ];
  const isElsewhere =
    !isMongoUrl(storeAddress) && relative(dataFolder, storeAddress).startsWith('..');
  const folders = { data: dataFolder, ...(isElsewhere ? { ledger: storeAddress } : {}) };
  return { folders, certificates };
}

function leaderOf(
  { clusterName, clusterLocation }: ManagerSettings,
  { software }: ManagerOptions,
  own: OwnCredentials | null,
) {
  const credentials = own === null ? [] : [own.admin, own.scheduler];
  return {
    ...{ clusterName, clusterLocation, software, host: hostname(), pid: process.pid },
    credentials,
  };
}

/** HTTP and the MQTT inbox. Resolves with the address that this process reaches it at. */
async function letWorldIn(
  parts: ManagerParts,
  settings: ManagerSettings,
  options: ManagerOptions & Named,
  stopping: Undo,
): Promise<string> {
  const app = await createHttpApp(ManagerModule.with(parts), {
    leadership: parts.leadership,
    proof: parts.proof,
    certificate: options.tls.shown,
    trust: options.tls.others,
    openWire: settings.speaksOakestra ? { hosts: settings.oakestraHosts } : null,
    names: options.names,
    requestsPerSecond: settings.httpRate,
    ports: parts.ports,
  });
  app.connectMicroservice({ strategy: inboxOf(parts, () => app) });
  stopping.add(() => app.close());
  await app.startAllMicroservices();
  const { host, port } = settings;
  const place = { address: host, host, port, setting: 'OAKRING_PORT' };
  return listenOn(app, { name: 'manager', ...place });
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { maxJsonDepth, schedulePath } from '@oakring/contracts';
import { authorityFile, plainTls, servedAt, Trust, type TlsSettings } from '@oakring/host';
import {
  createListener,
  isHealthCheck,
  listenAddress,
  listenOn,
  ownNames,
  readMessage,
  ShownCertificate,
  usualDeadlines,
  withOneToken,
  type HttpLimits,
} from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';
import { guardOf, listenerOf } from './config/scheduler-settings.js';
import { HttpNodeView } from './observe/http-node-view.js';
import { Observer } from './observe/observer.js';
import { logContext, SchedulerModule } from './scheduler.module.js';

/** Many jobs in one call: more than the root may send in one body. */
const maxBodyBytes = 8 * 1024 * 1024;
/** Where whoever may read it finds what a scheduler asks for. */
const tokenPlace =
  "OAKRING_SCHEDULER_TOKEN or OAKRING_TOKEN of this scheduler, or credentials/scheduler.token of its manager's data";
/** The manager needs a few connections. */
const usualLimits: HttpLimits = { ...usualDeadlines, connections: 256 };
/** A job lies in a list of a body, and in an entry of it. */
const maxDepth = maxJsonDepth + 4;

export interface SchedulerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly managerUrl: string;
  readonly token: string | null;
  /** What requests carry; null: `token`. */
  readonly schedulerToken?: string | null;
  /** What it shows to the manager; null: `token`. */
  readonly managerToken?: string | null;
  /** Further names that others reach us by. */
  readonly allowedHosts: readonly string[];
  readonly allowOpen: boolean;
  /** Absent: it speaks in the clear. */
  readonly certificates?: TlsSettings;
  /** Whom the manager is believed by; absent: as `certificates` says. */
  readonly trust?: Trust;
  readonly ports: Ports;
  readonly limits?: HttpLimits;
}

export interface RunningScheduler {
  readonly url: string;
  /** Ends within 2 s, whoever is connected; repeated calls end together. */
  stop(): Promise<void>;
}

/** Starts the scheduler. Throws `port-taken` when its port is in use. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { managerUrl, token, ports, host, port, limits = usualLimits } = options;
  const shown = options.managerToken ?? token;
  const address = await listenAddress(listenerOf(options, options.certificates ?? plainTls));
  const certificate = certificateAt(address, options);
  const observer = new Observer(new HttpNodeView(managerUrl, shown, trustOf(options)), ports);
  const app = await createListener(SchedulerModule.with(observer, ports), {
    ...{ name: 'scheduler', logContext, limits, certificate },
    admit: withOneToken(guardOf(options), isHealthCheck, tokenPlace),
    names: [...ownNames(address, options), ...(certificate?.names ?? [])],
    maxBodyBytes,
    readBody: readMessage(maxDepth),
    requestId: () => ports.ids.next(),
    routeClass,
    tracer: ports.tracer,
    // Levels are those of the process, which the manager may share: as it sets them.
  });
  let url: string;
  try {
    url = await listen(app, { address, host, port });
  } catch (error) {
    certificate?.stop();
    throw error;
  }
  observer.start();
  let stopping: Promise<void> | null = null;
  return { url, stop: () => (stopping ??= stop(app, observer, certificate)) };
}

function certificateAt(
  address: string,
  { certificates, ports }: SchedulerOptions,
): ShownCertificate | null {
  const files = certificates === undefined ? null : servedAt(address, certificates);
  return files === null ? null : ShownCertificate.open(files, ports.timers);
}

function trustOf({ trust, certificates }: SchedulerOptions): Trust {
  return trust ?? Trust.in(certificates === undefined ? null : authorityFile(certificates));
}

/** Questions of a manager, and what operators ask. */
function routeClass({ routeOptions: { url = '' } }: Pick<FastifyRequest, 'routeOptions'>): string {
  return url === `/${schedulePath}` ? 'Scheduling' : 'Operation';
}

async function listen(
  app: NestFastifyApplication,
  place: { readonly address: string; readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await listenOn(app, { name: 'scheduler', setting: 'OAKRING_SCHEDULER_PORT', ...place });
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Who waits for a position is refused, who is being answered gets it, the rest is cut. */
async function stop(
  app: NestFastifyApplication,
  observer: Observer,
  certificate: ShownCertificate | null,
): Promise<void> {
  observer.stop();
  certificate?.stop();
  await app.close();
}

import { Logger } from '@nestjs/common';
import { readManagerSettings, startManager } from '@oakring/manager';
import { systemLog, type ProgramLog } from '@oakring/log';
import type { Ports } from '@oakring/ports';
import { openTracing, type Tracing } from '@oakring/tracing';
import { startScheduler, type RunningScheduler } from '@oakring/scheduler';
import { softwareVersion } from '@oakring/host';

export interface RunningCluster {
  readonly url: string;
  readonly mqttUrl: string;
  readonly dataFolder: string;
  /** Where the log ended before this start; 0 for a new one. */
  readonly positionBefore: number;
  readonly readyLine: string;
  /** Rejects when the manager cannot go on. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

interface ClusterOptions {
  /** Cuts the start short. */
  readonly stopping?: AbortSignal;
  readonly log?: ProgramLog;
}

/**
 * The edge box: broker, manager, scheduler and log in this process, each left out where a setting
 * names one elsewhere. Resolves once `/health/ready` answers 200. Throws OakringErrors that name the
 * setting to change.
 */
export async function startCluster(
  env: Readonly<Record<string, string | undefined>>,
  ports: Ports,
  { stopping, log = systemLog('oakring', env) }: ClusterOptions = {},
): Promise<RunningCluster> {
  const settings = readManagerSettings(env);
  Logger.overrideLogger(log.forNest());
  let scheduler: RunningScheduler | null = null;
  const { timers } = ports;
  const warn = (line: string): void => log.of('Tracing').say('warn', line);
  const [ofManager, ofScheduler] = await Promise.all(
    ['oakring-manager', 'oakring-scheduler'].map((name) =>
      openTracing(env, name, { timers, warn }),
    ),
  );
  const manager = await startManager(settings, tracedBy(ofManager, ports), {
    software: softwareVersion(),
    log,
    ...(stopping === undefined ? {} : { stopping }),
    schedulerUrl: () => settings.schedulerUrl ?? scheduler?.url ?? '',
  });
  const stop = async (): Promise<void> => {
    // In the order of the flow: no new orders, then nobody left to decide them.
    await manager.stop();
    await scheduler?.stop();
    await Promise.all([ofManager?.close(), ofScheduler?.close()]);
  };
  try {
    if (settings.schedulerUrl === null) {
      scheduler = await startScheduler({
        ...settings,
        ...manager.inner,
        port: settings.schedulerPort,
        certificates: settings,
        managerUrl: manager.localUrl,
        trust: manager.localTrust,
        ports: tracedBy(ofScheduler, ports),
      });
    }
    manager.startPlacing();
    await Promise.race([manager.ready, manager.failed, abortOf(stopping)]);
  } catch (error) {
    await stop();
    throw error;
  }
  const { credentialsFolder: folder } = manager;
  const credentials = folder === null ? '' : ` · credentials ${folder}`;
  const schedulerUrl = settings.schedulerUrl ?? scheduler?.url ?? '';
  return {
    url: manager.url,
    mqttUrl: manager.mqttUrl,
    dataFolder: settings.dataFolder,
    positionBefore: manager.positionBefore,
    readyLine:
      `oakring is ready: ${manager.url} · MQTT ${manager.mqttUrl} · scheduler ${schedulerUrl} · ` +
      `data ${settings.dataFolder}${credentials}`,
    failed: manager.failed,
    stop,
  };
}

function tracedBy(tracing: Tracing | undefined, ports: Ports): Ports {
  return tracing === undefined ? ports : { ...ports, tracer: tracing.tracer };
}

/** A manager that waits to become ready is stopped like one that is. */
function abortOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

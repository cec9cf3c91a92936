import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import { endAtUncaughtErrors, runService, systemLog, systemPorts } from '@oakring/ports';
import { readEnvironment } from './config/environment.js';
import { startManager, type RunningManager } from './compose/start-manager.js';

endAtUncaughtErrors();
const ports = systemPorts();

/** A manager alone, for a scheduler elsewhere; `oakring up` runs both. */
async function start(stopping: AbortSignal): Promise<RunningManager> {
  const settings = readEnvironment();
  const manager = await startManager(settings, ports, {
    software: 'oakring',
    stopping,
    schedulerUrl: () => settings.schedulerUrl ?? `http://127.0.0.1:${settings.schedulerPort}`,
  });
  manager.startPlacing();
  return manager;
}

Logger.overrideLogger(systemLog());
await runService(ports, start, {
  ready: ({ url }) => `oakring manager is ready: ${url}`,
  explain: (error) => {
    if (!(error instanceof OakringError)) return null;
    // The start was cut short as it was asked to be.
    return error.code === 'shutting-down' ? '' : explain(error);
  },
});

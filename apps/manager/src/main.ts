import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import { endAtUncaughtErrors, runService, systemPorts } from '@oakring/ports';
import { openLog, readEnvironment } from './config/environment.js';
import { startManager, type RunningManager } from './compose/start-manager.js';

endAtUncaughtErrors();
const ports = systemPorts();
const log = openLog();

/** A manager alone, for a scheduler elsewhere; `oakring up` runs both. */
async function start(stopping: AbortSignal): Promise<RunningManager> {
  const settings = readEnvironment();
  const manager = await startManager(settings, ports, {
    software: 'oakring',
    log,
    stopping,
    schedulerUrl: () => settings.schedulerUrl ?? `http://127.0.0.1:${settings.schedulerPort}`,
  });
  manager.startPlacing();
  return manager;
}

Logger.overrideLogger(log.forNest());
await runService(ports, start, {
  fail: (words) => log.of('Manager').say('fatal', words),
  say: (line) => log.of('Manager').say('info', line),
  ready: ({ url }) => `oakring manager is ready: ${url}`,
  explain: (error) => {
    if (!(error instanceof OakringError)) return null;
    // The start was cut short as it was asked to be.
    return error.code === 'shutting-down' ? '' : explain(error);
  },
});

import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import { endAtUncaughtErrors, runService, systemPorts } from '@oakring/ports';
import { openLog, openTraces, readEnvironment } from './config/environment.js';
import { startManager, type RunningManager } from './compose/start-manager.js';

endAtUncaughtErrors();
const ports = systemPorts();
const log = openLog();
const tracing = await openTraces(log, ports.timers);

/** A manager alone, for a scheduler elsewhere; `oakring up` runs both. */
async function start(stopping: AbortSignal): Promise<RunningManager> {
  const settings = readEnvironment();
  const manager = await startManager(
    settings,
    { ...ports, tracer: tracing.tracer },
    {
      software: 'oakring',
      log,
      stopping,
      schedulerUrl: () => settings.schedulerUrl ?? `http://127.0.0.1:${settings.schedulerPort}`,
    },
  );
  manager.startPlacing();
  return { ...manager, stop: () => manager.stop().then(() => tracing.close()) };
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
// Who sends spans tries on for a while, and nobody waits for that.
if (tracing.isOn) process.exit();

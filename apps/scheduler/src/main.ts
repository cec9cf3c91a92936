import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import { endAtUncaughtErrors, runService, systemPorts } from '@oakring/ports';
import { openLog, readEnvironment } from './config/environment.js';
import { startScheduler, type RunningScheduler } from './start-scheduler.js';

endAtUncaughtErrors();
const ports = systemPorts();
const log = openLog();

/** A scheduler from the environment alone. People use `oakring scheduler`. */
function start(): Promise<RunningScheduler> {
  const settings = readEnvironment();
  return startScheduler({ ...settings, port: settings.schedulerPort, ports });
}

Logger.overrideLogger(log.forNest());
await runService(ports, async () => start(), {
  fail: (words) => log.of('Scheduler').say('fatal', words),
  say: (line) => log.of('Scheduler').say('info', line),
  ready: ({ url }) => `oakring scheduler is ready: ${url}`,
  explain: (error) => (error instanceof OakringError ? explain(error) : null),
});

import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import { endAtUncaughtErrors, runService, systemPorts } from '@oakring/ports';
import { openLog, openTraces, readEnvironment } from './config/environment.js';
import { startScheduler, type RunningScheduler } from './start-scheduler.js';

endAtUncaughtErrors();
const ports = systemPorts();
const log = openLog();
const tracing = await openTraces(log, ports.timers);

/** A scheduler from the environment alone. People use `oakring scheduler`. */
async function start(): Promise<RunningScheduler> {
  const settings = readEnvironment();
  const traced = { ...ports, tracer: tracing.tracer };
  const { schedulerPort: port } = settings;
  const scheduler = await startScheduler({
    ...{ ...settings, port, ports: traced },
    certificates: settings,
  });
  return { ...scheduler, stop: () => scheduler.stop().then(() => tracing.close()) };
}

Logger.overrideLogger(log.forNest());
await runService(ports, async () => start(), {
  fail: (words) => log.of('Scheduler').say('fatal', words),
  say: (line) => log.of('Scheduler').say('info', line),
  ready: ({ url }) => `oakring scheduler is ready: ${url}`,
  explain: (error) => (error instanceof OakringError ? explain(error) : null),
});
// Who sends spans tries on for a while, and nobody waits for that.
if (tracing.isOn) process.exit();

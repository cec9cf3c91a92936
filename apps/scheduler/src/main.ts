import 'reflect-metadata';
import { explain, OakringError } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { readEnvironment } from './config/environment.js';
import { startScheduler } from './start-scheduler.js';

// A scheduler from the environment alone. People use `oakring scheduler`.
try {
  const { host, schedulerPort, managerUrl, token } = readEnvironment();
  const scheduler = await startScheduler({
    host,
    port: schedulerPort,
    managerUrl,
    token,
    ports: systemPorts(),
  });
  console.log(`oakring scheduler is ready: ${scheduler.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void scheduler.stop());
  }
} catch (error) {
  if (!(error instanceof OakringError)) throw error;
  console.error(explain(error));
  process.exitCode = 1;
}

import 'reflect-metadata';
import { systemPorts } from '@oakring/ports';
import { readEnvironment } from './config/environment.js';
import { startScheduler } from './start-scheduler.js';

const { host, schedulerPort, managerUrl, token } = readEnvironment();
const scheduler = await startScheduler({
  host,
  port: schedulerPort,
  managerUrl,
  token,
  ports: systemPorts(),
});
process.once('SIGTERM', () => void scheduler.stop());

import 'reflect-metadata';
import { systemPorts } from '@oakring/ports';
import { readEnvironment } from './config/environment.js';
import { startManager } from './start-manager.js';

/** A manager alone, for a scheduler elsewhere; `oakring up` runs both. */
const settings = readEnvironment();
const manager = await startManager(settings, systemPorts(), {
  software: 'oakring',
  schedulerUrl: () => settings.schedulerUrl ?? `http://127.0.0.1:${settings.schedulerPort}`,
});
manager.startPlacing();
await manager.ready;
console.log(`oakring manager is ready: ${manager.url}`);
process.once('SIGTERM', () => void manager.stop());

import { Logger } from '@nestjs/common';
import { takeEnvironment } from '@oakring/host';
import { readSchedulerSettings, type SchedulerSettings } from './scheduler-settings.js';

/** The process's own settings. */
export function readEnvironment(): SchedulerSettings {
  const logger = new Logger('Scheduler');
  return readSchedulerSettings(takeEnvironment(process.env, (line) => logger.warn(line)));
}

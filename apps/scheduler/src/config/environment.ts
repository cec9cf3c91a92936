import { takeEnvironment } from '@oakring/host';
import { readSchedulerSettings, type SchedulerSettings } from './scheduler-settings.js';

/** The process's own settings. */
export function readEnvironment(): SchedulerSettings {
  return readSchedulerSettings(takeEnvironment(process.env));
}

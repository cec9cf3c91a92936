import { takeEnvironment } from '@oakring/host';
import { readManagerSettings, type ManagerSettings } from './manager-settings.js';

/** The process's own settings, and where a scheduler elsewhere is. */
export function readEnvironment(): ManagerSettings {
  return readManagerSettings(takeEnvironment(process.env));
}

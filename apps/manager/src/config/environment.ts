import { Logger } from '@nestjs/common';
import { takeEnvironment } from '@oakring/host';
import { readManagerSettings, type ManagerSettings } from './manager-settings.js';

/** The process's own settings, and where a scheduler elsewhere is. */
export function readEnvironment(): ManagerSettings {
  const logger = new Logger('Manager');
  return readManagerSettings(takeEnvironment(process.env, (line) => logger.warn(line)));
}

import { Logger } from '@nestjs/common';
import { unknownSettings } from '@oakring/contracts';
import { takeEnvironment } from '@oakring/host';
import { readManagerSettings, type ManagerSettings } from './manager-settings.js';

/** The process's own settings, and where a scheduler elsewhere is. */
export function readEnvironment(): ManagerSettings {
  const logger = new Logger('Manager');
  const env = takeEnvironment(process.env, (line) => logger.warn(line));
  for (const line of unknownSettings(env)) logger.warn(line);
  return readManagerSettings(env);
}

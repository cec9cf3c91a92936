import { Logger } from '@nestjs/common';
import { unknownSettings } from '@oakring/contracts';
import { takeEnvironment } from '@oakring/host';
import { systemLog, type ProgramLog } from '@oakring/log';
import { readManagerSettings, type ManagerSettings } from './manager-settings.js';

/** The log of this process, in the form and at the level that its environment says. */
export function openLog(): ProgramLog {
  return systemLog('manager', process.env);
}

/** The process's own settings, and where a scheduler elsewhere is. */
export function readEnvironment(): ManagerSettings {
  const logger = new Logger('Manager');
  const env = takeEnvironment(process.env, (line) => logger.warn(line));
  for (const line of unknownSettings(env)) logger.warn(line);
  return readManagerSettings(env);
}

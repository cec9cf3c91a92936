import { Logger } from '@nestjs/common';
import { unknownSettings } from '@oakring/contracts';
import { takeEnvironment } from '@oakring/host';
import { systemLog, type ProgramLog } from '@oakring/log';
import type { Timers } from '@oakring/ports';
import { openTracing, type Tracing } from '@oakring/tracing';
import { readSchedulerSettings, type SchedulerSettings } from './scheduler-settings.js';

/** The log of this process, in the form and at the level that its environment says. */
export function openLog(): ProgramLog {
  return systemLog('scheduler', process.env);
}

/** Spans of this process, for who asks for them by its environment. */
export function openTraces(log: ProgramLog, timers: Timers): Promise<Tracing> {
  const warn = (line: string): void => log.of('Tracing').say('warn', line);
  return openTracing(process.env, 'oakring-scheduler', { timers, warn });
}

/** The process's own settings. */
export function readEnvironment(): SchedulerSettings {
  const logger = new Logger('Scheduler');
  const env = takeEnvironment(process.env, (line) => logger.warn(line));
  for (const line of unknownSettings(env)) logger.warn(line);
  return readSchedulerSettings(env);
}

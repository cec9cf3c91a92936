export { examineScheduler } from './examine-scheduler.js';
export { readSchedulerSettings, type SchedulerSettings } from './config/scheduler-settings.js';
export { startScheduler, type RunningScheduler, type SchedulerOptions } from './start-scheduler.js';

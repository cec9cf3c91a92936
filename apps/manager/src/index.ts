export { readManagerSettings, type ManagerSettings } from './config/manager-settings.js';
export { startManager, type ManagerOptions, type RunningManager } from './compose/start-manager.js';

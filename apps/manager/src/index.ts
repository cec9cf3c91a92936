export { readManagerSettings, type ManagerSettings } from './config/manager-settings.js';
export { rebuildViews, type RebuiltViews } from './history/rebuild-views.js';
export { startManager, type ManagerOptions, type RunningManager } from './compose/start-manager.js';

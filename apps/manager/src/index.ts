export { readManagerSettings, type ManagerSettings } from './config/manager-settings.js';
export { DecisionReplay, type Replayed } from './history/replay-decisions.js';
export { examineManager } from './compose/examine-manager.js';
export { startManager, type ManagerOptions, type RunningManager } from './compose/start-manager.js';

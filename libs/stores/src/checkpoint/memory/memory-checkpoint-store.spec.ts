import { describeCheckpointStore } from '../checkpoint-store.contract.js';
import { MemoryCheckpointStore } from './memory-checkpoint-store.js';

describeCheckpointStore('MemoryCheckpointStore', () => ({
  open: async () => new MemoryCheckpointStore(),
  cleanUp: async () => undefined,
}));

import { describeEventLog } from '../event-log.contract.js';
import { MemoryEventLog } from './memory-event-log.js';

describeEventLog('MemoryEventLog', () => ({
  open: async () => new MemoryEventLog(),
  reopen: null,
  cleanUp: async () => undefined,
}));

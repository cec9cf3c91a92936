import { describeLeaseStore } from '../lease-store.contract.js';
import { MemoryLeaseStore } from './memory-lease-store.js';

describeLeaseStore('The lease in memory', async (count) => {
  const store = new MemoryLeaseStore();
  return Array.from({ length: count }, () => store);
});

import { brokerAccountsContract } from './testing/broker-accounts.contract.js';
import { MemoryAccounts } from './testing/memory-accounts.js';

brokerAccountsContract('in memory', async () => {
  const accounts = new MemoryAccounts(['oakring']);
  return {
    ...{ accounts, another: 'oakring' },
    letsIn: async (username, password) => accounts.secrets.get(username) === password,
    stop: async () => {},
  };
});

import { hashOfToken } from '@oakring/host';
import { nodeCredentialsContract } from '../broker/testing/node-credentials.contract.js';
import { given } from '../testing/given.js';
import { NodeIdentities } from './node-identities.js';

nodeCredentialsContract('what the ledger says of them', () => {
  const cluster = given();
  const { state } = cluster;
  return {
    nodes: new NodeIdentities({ state }),
    join(node, secret) {
      // One that has a credential which holds lets the next one in itself.
      const before = state.credentials.get(node);
      const [by, hash] =
        before?.revoked === null ? [`nodes/${node}`, before.hash] : ['api/token', undefined];
      const command = { type: 'JoinNode', node, hash: hashOfToken(secret) } as const;
      cluster.when({ ...command, registrationToken: 'absent' }, by, hash);
    },
    revoke: (id) =>
      void cluster.when({ type: 'OrderNode', id, order: { do: 'revoke', reason: 'lost' } }),
    forget: (id) =>
      void cluster.when({ type: 'OrderNode', id, order: { do: 'forget', reason: 'gone' } }),
  };
});

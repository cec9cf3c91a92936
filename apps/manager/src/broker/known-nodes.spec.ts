import { KnownNodes } from './testing/known-nodes.js';
import { nodeCredentialsContract } from './testing/node-credentials.contract.js';

nodeCredentialsContract('kept in memory', () => {
  const nodes = new KnownNodes();
  return {
    nodes,
    join: (node, secret) => nodes.join(node, secret),
    revoke: (node) => nodes.revoke(node),
    forget: (node) => nodes.forget(node),
  };
});

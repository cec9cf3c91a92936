import { anyMark, nodeMark, type PassingTopic } from '../dialect.port.js';

/** What the network's program of a node says to the one of the cluster. */
const asked = [
  ...['subnet', 'tablequery/request', 'service/deployed', 'service/undeployed'],
  ...['service/address-changed', 'interest/remove'],
];
/** What it is answered. */
const answered = [
  ...['subnetwork/result', 'tablequery/result'].map((kind) => `nodes/${nodeMark}/net/${kind}`),
];
const updates = `jobs/${anyMark}/updates_available`;

/**
 * The network component's topics: between its programs, and nothing to us. That of a node is called as
 * the node; that of the cluster has any name.
 */
export const besideWorkers: readonly PassingTopic[] = [
  ...asked.map((kind): PassingTopic => ({
    may: 'say',
    by: 'node',
    topic: `nodes/${nodeMark}/net/${kind}`,
  })),
  ...answered.map((topic): PassingTopic => ({ may: 'hear', by: 'node', topic })),
  ...answered.map((topic): PassingTopic => ({ may: 'say', by: 'anybody', topic })),
  { may: 'hear', by: 'anybody', topic: 'nodes/+/net/#' },
  { may: 'hear', by: 'anybody', topic: updates },
  { may: 'say', by: 'anybody', topic: updates },
];

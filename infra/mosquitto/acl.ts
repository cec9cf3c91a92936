import type { Dialect } from '../../apps/manager/src/wires/dialect.port.js';
import { topicOfNode } from '../../apps/manager/src/wires/node-topics.js';

/** Mosquitto's access rules for a manager and workers who speak these dialects. */
export function aclOf(dialects: readonly Dialect[]): string {
  const up = dialects.flatMap((dialect) => dialect.up);
  const down = dialects.flatMap((dialect) => dialect.down);
  return [
    '# Least privilege on topics. A worker logs in with its node id as user name:',
    '#   mosquitto_passwd /etc/mosquitto/passwords <node id>',
    '# Written by `npm run acl` from what the dialects say; change it there.',
    '',
    '# The manager hears what every node says and is the only one that answers and orders.',
    'user oakring',
    ...rules('topic read', up, '+'),
    ...rules('topic write', down, '+'),
    '',
    '# Every worker, under its own id only (%u is the user name): says the one half, hears the other.',
    ...rules('pattern write', up, '%u'),
    ...rules('pattern read', down, '%u'),
    '',
  ].join('\n');
}

/** Topics that dialects share have one rule. */
function rules(may: string, topics: readonly { topic: string }[], node: string): string[] {
  return [...new Set(topics.map(({ topic }) => `${may} ${topicOfNode(topic, node)}`))];
}

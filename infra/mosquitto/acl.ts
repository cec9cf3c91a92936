import { anyMark, type Dialect } from '../../apps/manager/src/wires/dialect.port.js';
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
    ...openRulesOf(dialects),
  ].join('\n');
}

/**
 * For dialects whose workers show no name: none of it counts until somebody takes the marks away. A rule
 * cannot take the end off a client id, so such a worker is not held to its own node here, as it is by the
 * embedded broker.
 */
function openRulesOf(dialects: readonly Dialect[]): string[] {
  return dialects.flatMap(({ name, up, down, clientOf, beside = [] }) => {
    if (clientOf === undefined) return [];
    const passing = (by: string, may: string) =>
      beside.filter((each) => each.by === by && each.may === may);
    return [
      `# Workers of ${name} show no user name (OAKRING_OAKESTRA=true). Ask them for certificates`,
      '# (require_certificate true), and let these rules count: those without a user above all others,',
      '# at the top of the file, as they are for whoever has no user name. They do not tell one such',
      '# worker from another; the embedded broker does.',
      ...rules('#topic write', up, '+'),
      ...rules('#topic read', down, '+'),
      ...rules('#topic write', passing('anybody', 'say'), '+'),
      ...rules('#topic read', passing('anybody', 'hear'), '+'),
      "# A node's network manager has the node's id as its client id.",
      ...rules('#pattern write', passing('node', 'say'), '%c'),
      ...rules('#pattern read', passing('node', 'hear'), '%c'),
      '',
    ];
  });
}

/** Topics that dialects share have one rule. */
function rules(may: string, topics: readonly { topic: string }[], node: string): string[] {
  return [
    ...new Set(
      topics.map(({ topic }) => `${may} ${topicOfNode(topic, node).replace(anyMark, '+')}`),
    ),
  ];
}

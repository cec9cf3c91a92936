import type { Dialect } from '../../wires/dialect.port.js';
import { rightsOf, usualManager, type NamelessRights } from './rights.js';

/** Mosquitto's access rules (`acl_file`) for a manager of this name and workers who speak these dialects. */
export function mosquittoAccess(dialects: readonly Dialect[], manager = usualManager): string {
  const { up, down, nameless } = rightsOf(dialects);
  return [
    '# Least privilege on topics. A worker logs in with its node id as user name, whatever it is known by:',
    '# an account that its manager made (OAKRING_MQTT_ACCOUNTS), a certificate (use_identity_as_username),',
    '# or a password that you gave it (mosquitto_passwd).',
    '# Written by `npm run acl` from what the dialects say; change it there.',
    '',
    '# The manager hears what every node says and is the only one that answers and orders.',
    `user ${manager}`,
    ...rules('topic read', up('+')),
    ...rules('topic write', down('+')),
    '',
    '# Every worker, under its own id only (%u is the user name): says the one half, hears the other.',
    ...rules('pattern write', up('%u')),
    ...rules('pattern read', down('%u')),
    '',
    ...nameless.flatMap(openRules),
  ].join('\n');
}

/**
 * For dialects whose workers show no name: none of it counts until somebody takes the marks away. A rule
 * cannot take the end off a client id, so such a worker is not held to its own node here, as it is by the
 * embedded broker.
 */
function openRules({ dialect, says, hears, saysAs, hearsAs }: NamelessRights): string[] {
  return [
    `# Workers of ${dialect} show no user name (OAKRING_OAKESTRA=true). Ask them for certificates`,
    '# (require_certificate true), and let these rules count: those without a user above all others,',
    '# at the top of the file, as they are for whoever has no user name. They do not tell one such',
    '# worker from another; the embedded broker does.',
    ...rules('#topic write', says),
    ...rules('#topic read', hears),
    "# A node's network manager has the node's id as its client id.",
    ...rules('#pattern write', saysAs('%c')),
    ...rules('#pattern read', hearsAs('%c')),
    '',
  ];
}

function rules(may: string, topics: readonly string[]): string[] {
  return topics.map((topic) => `${may} ${topic}`);
}

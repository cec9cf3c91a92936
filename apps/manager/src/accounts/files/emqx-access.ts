import type { Dialect } from '../../wires/dialect.port.js';
import { rightsOf, usualManager, type NamelessRights } from './rights.js';

/** EMQX's rules of authorization (its source `file`, `acl.conf`): the first that fits counts, and the last fits all. */
export function emqxAccess(dialects: readonly Dialect[], manager = usualManager): string {
  const { up, down, nameless } = rightsOf(dialects);
  return [
    '%% Least privilege on topics. A worker logs in with its node id as user name, and is known by that',
    '%% alone where mqtt.use_username_as_clientid is true, as it should be on the listener of workers.',
    '%% Written by `npm run acl` from what the dialects say; change it there.',
    '',
    '%% The manager hears what every node says and is the only one that answers and orders.',
    rule(`{user, "${manager}"}`, 'subscribe', up('+')),
    rule(`{user, "${manager}"}`, 'publish', down('+')),
    '',
    '%% Every worker, under its own id only: says the one half, hears the other.',
    rule('all', 'publish', up('${username}')),
    rule('all', 'subscribe', down('${username}')),
    '',
    ...nameless.flatMap(openRules),
    '{deny, all}.',
    '',
  ].join('\n');
}

/** None of it counts until somebody takes the marks away. */
function openRules({ dialect, says, hears, saysAs, hearsAs }: NamelessRights): string[] {
  return [
    `%% Workers of ${dialect} show no user name (OAKRING_OAKESTRA=true), and are not told from one another here.`,
    '%% Ask them for certificates, on a listener of their own, and let these rules count for its addresses alone.',
    commented(rule('all', 'publish', says)),
    commented(rule('all', 'subscribe', hears)),
    commented(rule('all', 'publish', saysAs('${clientid}'))),
    commented(rule('all', 'subscribe', hearsAs('${clientid}'))),
    '',
  ];
}

function rule(who: string, may: 'publish' | 'subscribe', topics: readonly string[]): string {
  const listed = topics.map((topic) => `    "${topic}"`).join(',\n');
  return `{allow, ${who}, ${may}, [\n${listed}\n]}.`;
}

function commented(text: string): string {
  return text.replace(/^/gm, '%% ');
}

import { settingsCatalogue } from '@oakring/contracts';
import { bytes, count, figureOf, lasting } from './figures.js';

/** A bound: what of, per whom, how much, what whoever exceeds it sees, where it shows, and what proves it. */
export interface Limit {
  readonly of: string;
  readonly per: string;
  readonly much: string;
  readonly seen: string;
  /** Names of metrics, or where else it is told. */
  readonly shown: string;
  /** A file, and the name of a test in it. */
  readonly test: readonly [file: string, name: string];
}

const manager = 'apps/manager/src';
const listener = 'libs/http/src/listener';
const rates = `${manager}/access/request-rates.ts`;
const callers = `${manager}/commands/callers.ts`;
const streams = `${manager}/http/endpoints/long-streams.ts`;
const admission = `${manager}/inbox/worker-admission.ts`;
const strangers = `${manager}/access/stranger-rates.ts`;
const ofOneStranger = (figure: 'burst' | 'perSecond'): string =>
  bytes(figureOf(strangers, `ofStrangers.${figure}`) / figureOf(strangers, 'connections'));
const inbox = `${manager}/inbox/mqtt/mqtt-inbox.ts`;
const broker = `${manager}/broker`;
const letters = `${manager}/dead-letters`;
const parsing = 'libs/contracts/src/parsing/parsing.ts';

const person = Number(settingsCatalogue.httpRate.fallback);
const refused = '`oakring_http_refused_total`';
const dead = '`oakring_dead_letters_total`';
const said = 'a line in the log of the manager';

/** By the part of the page that they stand in. */
export const limits: Readonly<Record<'http' | 'ledger' | 'mqtt' | 'texts', readonly Limit[]>> = {
  http: [
    {
      of: 'requests',
      per: 'identity',
      much:
        `${count(person)} a second of a person, ${count(person * figureOf(rates, 'programFactor'))} of a program; ` +
        `at once as many as in ${figureOf(rates, 'burstSeconds')} s (\`OAKRING_HTTP_RATE\`)`,
      seen: '429 `too-many-requests`, Retry-After',
      shown: refused,
      test: [
        `${manager}/access/request-rates.spec.ts`,
        'are 2 000 at once and 200 a second of a person',
      ],
    },
    {
      of: 'bytes of bodies',
      per: 'identity',
      much: `each ${bytes(figureOf(rates, 'bytesOfRequest'))} count as one request`,
      seen: 'the same',
      shown: refused,
      test: [`${manager}/access/request-rates.spec.ts`, 'cost by what they bring'],
    },
    {
      of: 'one body',
      per: 'request',
      much: `${bytes(figureOf(parsing, 'maxHttpBodyBytes'))}, never unpacked`,
      seen: '413 `payload-too-large`; what was packed is no JSON: 400',
      shown: '`oakring_http_request_seconds`',
      test: [`${listener}/create-listener.int.spec.ts`, 'unpacks nothing'],
    },
    {
      of: 'depth of JSON',
      per: 'body',
      much: `${figureOf(parsing, 'maxJsonDepth')} levels`,
      seen: '400 `invalid-field`',
      shown: '`oakring_http_request_seconds`',
      test: [`${listener}/create-listener.int.spec.ts`, 'hundreds of levels'],
    },
    {
      of: 'time for a head, and for a whole request',
      per: 'request',
      much:
        `${lasting(figureOf(`${listener}/limits.ts`, 'usualDeadlines.headersWithinMs'))}, ` +
        lasting(figureOf(`${listener}/limits.ts`, 'usualDeadlines.requestWithinMs')),
      seen: '408 `request-timeout`, closed',
      shown: '',
      test: [`${listener}/create-listener.int.spec.ts`, 'it is answered 408 and closed'],
    },
    {
      of: 'time without taking anything of an answer',
      per: 'connection',
      much:
        `${lasting(figureOf(`${listener}/stalled-readers.ts`, 'stalledMs'))}, and 1 s more for each ` +
        `${bytes(figureOf(`${listener}/stalled-readers.ts`, 'leastBytesPerSecond'))} that wait`,
      seen: 'closed',
      shown: said,
      test: [`${listener}/stalled-readers.spec.ts`, 'is cut when it takes nothing'],
    },
    {
      of: 'connections',
      per: 'listener of a manager',
      much: `${count(figureOf(`${manager}/http/create-http-app.ts`, 'usualLimits.connections'))}; beyond it the oldest of the address with most gives way`,
      seen: 'closed',
      shown: '',
      test: [`${listener}/limits.spec.ts`, 'lets whoever takes every place take them from himself'],
    },
    {
      of: 'streams (events, logs, commands in instances)',
      per: 'identity; manager',
      much: `${count(figureOf(streams, 'maxOfOne'))}; ${count(figureOf(streams, 'maxStreams'))}`,
      seen: '503 `overloaded`, Retry-After',
      shown: '',
      test: [`${manager}/http/endpoints/long-streams.spec.ts`, 'of one token are 250 at most'],
    },
    {
      of: 'streams to workers',
      per: 'node; manager',
      much: `${figureOf(`${manager}/streams/node-streams.ts`, 'maxOfNode')}; ${figureOf(`${manager}/streams/node-streams.ts`, 'maxStreams')}, ${bytes(figureOf(`${manager}/streams/node-stream.ts`, 'windowBytes'))} under way in each`,
      seen: '503 `overloaded`',
      shown: '',
      test: [`${manager}/streams/node-streams.spec.ts`, 'are so many of a node, and of all nodes'],
    },
    {
      of: 'views of the past being made',
      per: 'manager',
      much: `1 at a time, ${figureOf(`${manager}/history/past-states.ts`, 'maxWaiting')} waiting`,
      seen: '503 `overloaded`',
      shown: '',
      test: [
        `${manager}/history/past-states.int.spec.ts`,
        'let 32 questions wait, and refuse what comes beyond them',
      ],
    },
  ],
  ledger: [
    {
      of: 'orders that wait for a decision',
      per: 'token; manager',
      much: `${count(figureOf(callers, 'maxWaiting'))}; ${count(figureOf(`${manager}/commands/writer.ts`, 'maxQueued'))}`,
      seen: '429 `too-many-requests`; 503 `overloaded`',
      shown: '`oakring_commands_total`',
      test: [`${manager}/commands/callers.spec.ts`, 'another waits behind two thousand of them'],
    },
    {
      of: 'refused orders that are an event each',
      per: 'identity',
      much: `${figureOf(callers, 'onRecord.burst')} at once, then ${figureOf(callers, 'onRecord.perSecond')} a second; the rest is counted, and one event (\`RequestsRefused\`) a minute has the counts`,
      seen: 'the refusal; under an `Idempotency-Key` 429 `too-many-requests`, since it is not kept',
      shown: '`oakring_commands_total`',
      test: [
        `${manager}/commands/callers.spec.ts`,
        'are on record a hundred at once and one a second',
      ],
    },
    {
      of: 'requests that were refused for who asked',
      per: 'manager',
      much: `1 event in ${lasting(figureOf(`${manager}/inbox/http/refused-requests.ts`, 'everyMs'))}: the counts, and ${figureOf(`${manager}/inbox/http/refused-requests.ts`, 'maxShown')} of them`,
      seen: '401, 403',
      shown: refused,
      test: [`${manager}/inbox/http/token-commands.int.spec.ts`, 'are on record once a minute'],
    },
    {
      of: 'what a message of a worker adds to the ledger',
      per: 'node and kind of message',
      much: `${bytes(figureOf(admission, 'ofNode.burst'))} at once, then ${bytes(figureOf(admission, 'ofNode.perSecond'))} a second`,
      seen: 'dead letter `rate-exceeded`',
      shown: `${dead}; one event (\`MessagesRefused\`) a minute`,
      test: [
        `${manager}/inbox/worker-admission.spec.ts`,
        'is half a mebibyte at once of one node and kind',
      ],
    },
    {
      of: 'registrations of nodes that nobody knows',
      per: 'cluster',
      much: `${bytes(figureOf(strangers, 'ofStrangers.burst'))} at once, then ${bytes(figureOf(strangers, 'ofStrangers.perSecond'))} a second; \`OAKRING_MAX_NODES\` nodes`,
      seen: 'dead letter `rate-exceeded`, `too-many-nodes`',
      shown: dead,
      test: [
        `${manager}/inbox/worker-admission.spec.ts`,
        'strangers for ever no more than 64 KiB a second',
      ],
    },
    {
      of: 'the same at the embedded broker',
      per: 'connection that is no node',
      much: `${ofOneStranger('burst')} at once, then ${ofOneStranger('perSecond')} a second`,
      seen: 'dead letter `rate-exceeded`',
      shown: dead,
      test: [
        `${broker}/registration-share.spec.ts`,
        'A connection registers four mebibytes of strangers at once',
      ],
    },
    {
      of: 'tokens that hold',
      per: 'cluster',
      much: count(figureOf('libs/model/src/fold/access.fold.ts', 'maxTokens')),
      seen: '409 `too-many-tokens`',
      shown: '',
      test: [`${manager}/commands/decide/access.spec.ts`, 'too-many-tokens'],
    },
  ],
  mqtt: [
    {
      of: 'connections',
      per: 'embedded broker',
      much: `${count(figureOf(`${broker}/embedded-broker.ts`, 'maxConnections'))}; beyond it the oldest of the address with most gives way, never the manager's own`,
      seen: 'closed',
      shown: said,
      test: [
        `${broker}/embedded-broker.int.spec.ts`,
        'has a place for a worker though strangers take every one',
      ],
    },
    {
      of: 'connections of a node that joined',
      per: 'node',
      much: `${figureOf(`${broker}/sessions.ts`, 'maxOfNode')}; beyond it its oldest gives way`,
      seen: 'closed',
      shown: said,
      test: [`${broker}/sessions.spec.ts`, 'are eight at most: the oldest gives way'],
    },
    {
      of: 'time until CONNECT; for one packet',
      per: 'connection',
      much: `${lasting(figureOf(`${broker}/embedded-broker.ts`, 'connectTimeoutMs'))}; ${lasting(figureOf(`${broker}/open-sockets.ts`, 'packetWithinMs'))}`,
      seen: 'closed',
      shown: said,
      test: [
        `${broker}/open-sockets.spec.ts`,
        'have 15 s for a packet, however slowly its bytes drip',
      ],
    },
    {
      of: 'packets that are not complete',
      per: 'embedded broker',
      much: `${bytes(figureOf(`${broker}/open-sockets.ts`, 'maxUnfinishedBytes'))}; beyond it whoever holds most is closed`,
      seen: 'closed',
      shown: said,
      test: [`${broker}/open-sockets.spec.ts`, 'hold 64 MiB of unfinished packets at most'],
    },
    {
      of: 'a CONNECT; a SUBSCRIBE; a PUBLISH',
      per: 'packet',
      much: `${bytes(figureOf(`${broker}/packet-guard.ts`, 'maxConnectBytes'))}; ${bytes(figureOf(`${broker}/packet-guard.ts`, 'maxFilterBytes'))}; ${bytes(figureOf(`${broker}/open-sockets.ts`, 'maxPublishBytes'))}`,
      seen: 'closed',
      shown: said,
      test: [
        `${broker}/packet-guard.spec.ts`,
        'refuses a packet over the limit as soon as its length is known',
      ],
    },
    {
      of: 'subscriptions',
      per: 'connection; embedded broker',
      much: `${figureOf(`${broker}/granted-filters.ts`, 'maxOfConnection')}; ${count(figureOf(`${broker}/granted-filters.ts`, 'maxOfAll'))}`,
      seen: 'failure code 0x80; whoever has most is closed',
      shown: said,
      test: [
        `${broker}/granted-filters.spec.ts`,
        'find room for a worker when strangers took it all',
      ],
    },
    {
      of: 'retained messages',
      per: 'node; embedded broker',
      much: `its status, ${bytes(figureOf(`${broker}/retained-room.ts`, 'maxBytesOfOne'))}; ${bytes(figureOf(`${broker}/retained-room.ts`, 'maxBytes'))}`,
      seen: 'handed on, and not kept',
      shown: '',
      test: [`${broker}/retained-room.spec.ts`, 'is 16 MiB at most, topics included'],
    },
    {
      of: 'sessions that outlive their connection',
      per: 'embedded broker',
      much: 'none, whatever is asked for',
      seen: 'CONNACK without a session',
      shown: '',
      test: [`${broker}/embedded-broker.int.spec.ts`, 'keeps nothing for a session that is gone'],
    },
    {
      of: 'messages that wait for us',
      per: 'manager',
      much: `${count(figureOf(inbox, 'maxReadings'))} readings (the oldest give way) and ${count(figureOf(inbox, 'maxControls'))} others, ${bytes(figureOf(inbox, 'maxReadingBytes'))} each`,
      seen: 'dead letter `overloaded`',
      shown: '`oakring_telemetry_readings_shed_total`, ' + dead,
      test: [
        `${manager}/inbox/mqtt/mqtt-inbox.spec.ts`,
        'sheds the oldest readings when it is full',
      ],
    },
    {
      of: 'dead letters',
      per: 'node; manager',
      much: `${figureOf(`${letters}/letter-limit.ts`, 'keptInFull')} a minute, then 1 in ${lasting(figureOf(`${letters}/letter-limit.ts`, 'thenOneEveryMs'))} with a count; the newest ${count(figureOf(`${letters}/dead-letters.ts`, 'maxLetters'))}, ${bytes(figureOf(`${letters}/letter-payload.ts`, 'maxKeptBytes'))} of each`,
      seen: '',
      shown: dead,
      test: [`${letters}/dead-letters.spec.ts`, 'keep other nodes’ letters while one floods'],
    },
  ],
  texts: [
    {
      of: 'what a terminal obeys',
      per: 'all that the command line prints',
      much: 'nothing but our own colours; `job logs --raw` and `job exec` are asked to',
      seen: '`\\u001b` and the like',
      shown: '',
      test: ['apps/cli/src/forged-lines.int.spec.ts', 'obeys and forges nothing'],
    },
    {
      of: 'lines that somebody else begins',
      per: 'all that the command line prints, and logs of programs',
      much: 'none',
      seen: '`\\n`; further lines of a log are indented',
      shown: '',
      test: ['libs/log/src/program-log.spec.ts', 'so that no text poses as an entry'],
    },
    {
      of: 'one line of a log',
      per: 'entry',
      much: `${count(figureOf('libs/log/src/safe-text.ts', 'mostTextChars'))} characters, alike ones counted`,
      seen: '',
      shown: '',
      test: ['libs/log/src/program-log.spec.ts', 'has an end, however long what it quotes is'],
    },
    {
      of: 'ids as steps in a path',
      per: 'id',
      much: 'none: letters, digits, dots, underscores and dashes, not `.` or `..`',
      seen: '400 `invalid-id`',
      shown: '',
      test: [
        'libs/contracts/src/parsing/parsing.spec.ts',
        'is refused as a step in a path, saying why',
      ],
    },
    {
      of: 'folders of a machine that a job asks for',
      per: 'worker',
      much: 'those that its owner named, where links lead included',
      seen: 'the start fails',
      shown: '',
      test: [
        'apps/worker/src/runtimes/host-paths.int.spec.ts',
        'is not given where a link leads out of what is allowed',
      ],
    },
    {
      of: 'time that a regular expression takes',
      per: 'text',
      much: 'in proportion to its length',
      seen: '',
      shown: '',
      test: ['infra/lint/lint-rules.int.spec.ts', 'no-slow-regexp'],
    },
  ],
};

/** The page with its tables as they are to be. */
export function withTables(page: string): string {
  return Object.entries(limits).reduce(
    (text, [part, rows]) =>
      text.replace(
        new RegExp(`(<!-- ${part} -->\n)[^]*?(<!-- end of ${part} -->)`),
        (_, begin: string, end: string) => `${begin}\n${tableOf(rows)}\n\n${end}`,
      ),
    page,
  );
}

function tableOf(rows: readonly Limit[]): string {
  const cells = [
    ['of', 'per', 'how much', 'whoever exceeds it sees', 'shown by', 'proved by'],
    ...rows.map(({ of, per, much, seen, shown, test: [file, name] }) => [
      ...[of, per, much, seen, shown],
      `\`${file}\` “${name}”`,
    ]),
  ];
  // As the formatter writes it.
  const widths = (cells[0] ?? []).map((_, at) =>
    Math.max(...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[], filler = ' '): string =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width, filler)).join(' | ')} |`;
  const [titles = [], ...rest] = cells;
  return [line(titles), line([], '-'), ...rest.map((row) => line(row))].join('\n');
}

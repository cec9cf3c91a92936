import type { DomainEvent } from '../../src/catalogue/catalogue.js';
import type { RuleId } from '../../src/log/rules.js';
import { numberedKey, SampleLedger } from '../sample-ledger.js';
import { refused, type Forgery } from './forgery.js';
import { ready } from './story.js';

type Texts = { readonly header: string; readonly events: string };
type Change = (texts: Texts) => { header?: string; events?: string; hash?: string };

const other: DomainEvent = { stream: 'nodes/n2', type: 'NodeBecameReady', data: { reason: 'y' } };

/** Three honest commits, and a fourth that says something else, sealed by the founding key. */
function changed(events: readonly DomainEvent[], change: Change): readonly string[] {
  const ledger = new SampleLedger(numberedKey(1));
  ledger.work(2);
  ledger.forge(events, change);
  ledger.seal(ledger.key);
  return ledger.lines;
}

const header = (was: string | RegExp, now: string): Change => {
  return ({ header: text }) => ({ header: replaced(text, was, now) });
};
const events = (was: string | RegExp, now: string): Change => {
  return ({ events: text }) => ({ events: replaced(text, was, now) });
};

function replaced(text: string, was: string | RegExp, now: string): string {
  const result = text.replace(was, () => now);
  if (result === text) throw new TypeError(`${String(was)} is not in ${text}`);
  return result;
}

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

const command = (outcome: string): Change =>
  header('"commands":[]', `"commands":[{"id":"POST /x#1","outcome":${outcome}}]`);

const byHeader: readonly (readonly [string, RuleId, Change])[] = [
  ['a-blank-in-the-header', 'C2', header(',"epoch"', ', "epoch"')],
  ['a-member-twice', 'C2', header('"epoch":1', '"epoch":1,"epoch":1')],
  ['members-out-of-order', 'C2', header(/("epoch":1),("format":2)/, '"format":2,"epoch":1')],
  ['an-escape-that-is-none', 'C2', header('nodes/n1', String.raw`nodes\/n1`)],
  ['an-outcome-nested-too-deep', 'C2', command(`{"a":${nested(126)}}`)],
  ['an-outcome-nested-beyond-stacks', 'C2', command(`{"a":${nested(9_000)}}`)],
  ['an-outcome-with-a-number-too-large', 'C2', command('{"a":9007199254740992}')],
  ['an-outcome-with-half-a-character', 'C2', command(String.raw`{"a":"\ud800"}`)],
  ['a-further-member', 'C3', header('"format":2', '"format":2,"note":1')],
  ['events-in-the-header', 'C3', header('"format":2', '"events":"[]","format":2')],
  ['a-member-missing', 'C3', header('"commands":[],', '')],
  ['a-year-of-five-digits', 'C3', header(/"at":"\d+/, '"at":"+012026')],
  ['a-day-that-is-none', 'C3', header(/"at":"\d{4}-\d\d-\d\d/, '"at":"2026-02-30')],
  ['an-epoch-that-is-a-text', 'C3', header('"epoch":1', '"epoch":"1"')],
  ['a-format-to-come', 'C3', header('"format":2', '"format":3')],
  ['a-command-with-more', 'C3', command('{},"x":1')],
  ['an-empty-commit-id', 'C3', header('"commit-4"', '""')],
  ['streams-that-are-numbers', 'C3', header('["nodes/n1"]', '[1]')],
  ['a-predecessor-in-capitals', 'C3', header(/"prev":"[^"]*"/, `"prev":"${'AB'.repeat(32)}"`)],
  ['another-hash', 'C4', () => ({ hash: 'ab'.repeat(32) })],
  ['a-position-left-out', 'C5', header('"_id":4', '"_id":5')],
  ['another-predecessor', 'C6', header(/"prev":"[^"]*"/, `"prev":"${'ab'.repeat(32)}"`)],
  ['an-epoch-that-falls', 'C7', header('"epoch":1', '"epoch":0')],
  ['a-time-that-falls', 'C8', header(/"at":"\d{4}/, '"at":"1999')],
  ['a-commit-id-twice', 'C10', header('"commit-4"', '"commit-3"')],
  ['a-stream-too-many', 'E6', header('["nodes/n1"]', '["nodes/n1","nodes/n7"]')],
  ['a-stream-twice', 'E6', header('["nodes/n1"]', '["nodes/n1","nodes/n1"]')],
  ['a-stream-missing', 'E6', header('["nodes/n1"]', '[]')],
  ['an-epoch-that-nobody-opened', 'O2', header('"epoch":1', '"epoch":2')],
];

const ones = '1'.repeat(16);

const byEvents: readonly (readonly [string, RuleId, Change])[] = [
  ['a-blank-between-events', 'E1', events('[{', '[ {')],
  ['members-of-an-event-out-of-order', 'E1', events('{"reason":"x"}', '{"z":1,"reason":"x"}')],
  ['a-member-of-an-event-twice', 'E1', events('"reason":"x"', '"reason":"w","reason":"x"')],
  ['a-letter-escaped', 'E1', events('"x"', String.raw`"\u0078"`)],
  ['half-a-character', 'E1', events('"x"', String.raw`"\ud800"`)],
  ['a-number-with-an-exponent', 'E1', events(/"schema":(\d)/, '"schema":6e0')],
  ['a-number-too-large', 'E1', events('"reason":"x"', '"a":9007199254740992,"reason":"x"')],
  ['minus-zero', 'E1', events('"reason":"x"', '"a":-0,"reason":"x"')],
  ['names-like-numbers-out-of-order', 'E1', events('{"reason"', '{"9":1,"10":1,"reason"')],
  ['events-nested-too-deep', 'E1', events('"reason"', `"a":${nested(126)},"reason"`)],
  ['events-nested-beyond-stacks', 'E1', events('"reason"', `"a":${nested(9_000)},"reason"`)],
  ['events-that-are-not-json', 'E1', () => ({ events: '[{]' })],
  ['no-events', 'E2', () => ({ events: '[]' })],
  ['events-that-are-no-list', 'E2', () => ({ events: '{}' })],
  ['an-event-that-does-not-say-who', 'E2', events(/"by":"[^"]*",/, '')],
  ['an-event-with-a-further-member', 'E2', events('"schema"', '"note":1,"schema"')],
  ['a-device-time-that-is-a-text', 'E2', events('"schema"', '"deviceAt":"1","schema"')],
  ['a-device-time-that-is-null', 'E2', events('"schema"', '"deviceAt":null,"schema"')],
  ['a-trace-that-is-a-number', 'E2', events('"type"', '"trace":1,"type"')],
  [
    'a-trace-before-there-were-any',
    'E2',
    events(
      /"schema":\d+,"stream":"nodes\/n1"/,
      `"schema":5,"stream":"nodes/n1","trace":"00-${ones}${ones}-${ones}-01"`,
    ),
  ],
  ['a-version-that-is-a-text', 'E2', events(/"version":(\d+)/, '"version":"1"')],
  ['nobody', 'E3', events(/"by":"[^"]*"/, '"by":""')],
  ['somebody-of-a-name-too-long', 'E3', events(/"by":"[^"]*"/, `"by":"${'n'.repeat(1_025)}"`)],
  ['a-device-time-before-all', 'E3', events('"schema"', '"deviceAt":-1,"schema"')],
  ['a-trace-of-nobody', 'E3', events('"type"', `"trace":"00-${'0'.repeat(32)}-${ones}-01","type"`)],
  ['no-cause', 'E3', events(/"cause":"[^"]*"/, '"cause":""')],
  ['a-cause-without-a-form', 'E4', events(/"cause":"[^"]*"/, '"cause":"because"')],
  ['a-cause-to-come', 'E4', events(/"cause":"[^"]*"/, '"cause":"5-0"')],
  ['an-event-that-led-to-itself', 'E4', events(/"cause":"[^"]*"/, '"cause":"4-0"')],
  ['a-version-left-out', 'E5', events(/"version":\d+/, '"version":9')],
  ['a-type-that-is-none', 'E7', events('NodeBecameReady', 'NodeBecameReddy')],
  ['a-schema-to-come', 'E7', events(/"schema":\d+/, '"schema":1000')],
  ['a-schema-before-all', 'E7', events(/"schema":\d+/, '"schema":0')],
  ['data-of-another-type', 'E7', events('"reason":"x"', '"reason":1')],
  ['data-without-a-member', 'E7', events('"reason":"x"', '')],
  ['data-with-a-further-member', 'E7', events('"reason":"x"', '"reason":"x","zone":1')],
];

const capacity = { cpuMillis: 1, memoryMiB: 1 };
const registered: DomainEvent = {
  ...({ stream: 'nodes/n1', type: 'NodeRegistered' } as const),
  data: {
    ...{ id: 'n1', name: 'x', ip: '::1', port: 1, incarnation: 1, capacity, assumed: false },
    ...{ labels: { zone: 'a' }, technologies: [], architecture: null, acknowledges: true },
    ...{ enforcesStop: true, tokenPresented: true, extra: { serial: { any: [1] } } },
  },
};
const drifted: DomainEvent = {
  ...({ stream: 'nodes/n1', type: 'DriftDetected' } as const),
  data: { missing: [], outdated: [], unexpected: [] },
};

/** Of what has objects and maps in its data. */
const byData: readonly (readonly [string, RuleId, DomainEvent, Change])[] = [
  [
    'a-further-member-in-depth',
    'E7',
    registered,
    events('"memoryMiB":1', '"memoryMiB":1,"moons":0'),
  ],
  ['a-label-that-is-a-number', 'E7', registered, events('"zone":"a"', '"zone":1')],
  [
    'a-label-with-a-line-end-that-is-a-number',
    'E7',
    registered,
    events('"zone":"a"', String.raw`"zo\nne":1`),
  ],
  ['lists-with-a-further-member', 'E7', drifted, events('[]}', '[],"zone":[]}')],
];

/** Each breaks one rule about a commit or its events, and is signed all the same. */
export function commitForgeries(): Forgery[] {
  const forgeries = [...byHeader, ...byEvents].map(([name, rule, change]) =>
    refused(name, rule, changed([ready], change)),
  );
  const inData = byData.map(([name, rule, event, change]) =>
    refused(name, rule, changed([event], change)),
  );
  const honest = changed([ready], () => ({}));
  const [first = '', second = '', third = '', ...rest] = honest;
  return [
    ...forgeries,
    ...inData,
    ...honestly(),
    refused('a-line-that-is-no-commit', 'C1', [first, second, '[]']),
    refused('a-line-of-two-parts', 'C1', [first, second, third.slice(0, -65)]),
    {
      ...refused('a-line-cut-short', 'C1', honest),
      altered: (bytes) => bytes.subarray(0, -1),
    },
    {
      ...refused('bytes-that-are-no-text', 'P3', honest),
      // The x of the fourth commit.
      altered: (bytes) => bytes.fill(0xff, bytes.indexOf('"x"') + 1, bytes.indexOf('"x"') + 2),
    },
    refused('a-hash-in-capitals', 'C3', [
      ...[first, second],
      third.replace(/[0-9a-f]{64}$/, (hash) => hash.toUpperCase()),
    ]),
    refused('a-commit-left-out', 'C5', [first, third, ...rest]),
    refused('a-beginning-left-out', 'C5', [second, third, ...rest]),
    refused('streams-out-of-order', 'E6', streamsOutOfOrder()),
    refused(
      'an-event-in-a-stream-of-others',
      'E8',
      changed([strayed()], () => ({})),
    ),
    refused('a-commit-of-format-1-after-format-2', 'C9', formatFalls()),
    refused('a-first-commit-with-a-predecessor', 'C6', beganElsewhere()),
  ];
}

function honestly(): Forgery[] {
  const expected = { verdict: 'sealed' } as const;
  const [form, trust] = ['ledger', null] as const;
  const maps = changed([registered, drifted], () => ({}));
  return [
    { name: 'honest-with-maps', form, lines: maps, trust, expected },
    { name: 'honest-with-a-further-member-before-6', form, lines: asBefore(), trust, expected },
  ];
}

/** Schemas up to 5 named members, and left others be. */
function asBefore(): readonly string[] {
  const ledger = new SampleLedger(numberedKey(1), 1);
  ledger.append([{ ...ready, data: { reason: 'x', zone: 1 } } as DomainEvent]);
  ledger.sealAsBefore(ledger.key);
  return ledger.lines;
}

function streamsOutOfOrder(): readonly string[] {
  return changed([ready, other], header('"nodes/n1","nodes/n2"', '"nodes/n2","nodes/n1"'));
}

function strayed(): DomainEvent {
  return { ...ready, stream: 'jobs/n1' } as unknown as DomainEvent;
}

function formatFalls(): readonly string[] {
  const ledger = new SampleLedger(numberedKey(1));
  ledger.work(1);
  ledger.format = 1;
  ledger.work(1);
  return ledger.lines;
}

function beganElsewhere(): readonly string[] {
  const ledger = new SampleLedger(numberedKey(1), 2, null, 'ab'.repeat(32));
  ledger.seal(ledger.key);
  return ledger.lines;
}

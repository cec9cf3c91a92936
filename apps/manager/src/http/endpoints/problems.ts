import { isPermission, type ErrorCode } from '@oakring/contracts';
import type { Endpoint } from './endpoint.js';

const ofAll: readonly ErrorCode[] = [
  'invalid-field',
  'misdirected-request',
  'origin-foreign',
  'shutting-down',
  'internal',
];
const ofGuarded: readonly ErrorCode[] = ['unauthorized', 'store-away', 'log-damaged'];
/** Whoever is asked who he is has a rate. */
const ofCallers: readonly ErrorCode[] = ['too-many-requests'];
const ofRoles: readonly ErrorCode[] = ['forbidden'];
const ofChanges: readonly ErrorCode[] = [
  'invalid-json',
  'not-utf8',
  'request-timeout',
  'payload-too-large',
  'unsupported-media-type',
];
const ofCommands: readonly ErrorCode[] = ['overloaded', 'outcome-unknown', 'log-unavailable'];
const ofForwarded: readonly ErrorCode[] = ['not-leading', 'outcome-unknown'];

/** Every code that an endpoint may answer: its own, and those of what it takes, needs and is. */
export function problemsOf(endpoint: Endpoint, method: string, path: string): readonly ErrorCode[] {
  const { needs, answeredBy, isStream = false, parameters = [], problems = [] } = endpoint;
  const isChange = method !== 'GET';
  return [
    ...new Set([
      ...problems,
      ...parameters.flatMap((parameter) => parameter.problems),
      ...ofAll,
      // An address that is longer than any id leads nowhere.
      ...(path.includes('{') ? (['route-unknown'] as const) : []),
      ...(needs === 'nothing' ? [] : ofGuarded),
      ...(needs === 'nothing' || needs === 'oakestra' ? [] : ofCallers),
      ...(isPermission(needs) ? ofRoles : []),
      ...(isChange ? ofChanges : []),
      ...(answeredBy === 'leader' ? ofForwarded : []),
      ...(answeredBy === 'leader' && isChange ? ofCommands : []),
      ...(isStream ? (['overloaded'] as const) : []),
    ]),
  ];
}

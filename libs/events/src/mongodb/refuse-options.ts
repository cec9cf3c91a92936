import type { MongoOptions } from 'mongodb';

/** What the driver must be set to. An address may repeat it, and say nothing else. */
interface Needed {
  /** As an address names it. */
  readonly option: string;
  readonly value: string;
  /** What the driver made of address and options. */
  readonly parsed: (options: MongoOptions) => unknown;
}

const needed: readonly Needed[] = [
  {
    option: 'readConcernLevel',
    value: 'majority',
    parsed: ({ readConcern }) => readConcern.level,
  },
  { option: 'w', value: 'majority', parsed: ({ writeConcern }) => writeConcern.w },
  { option: 'journal', value: 'true', parsed: ({ writeConcern }) => writeConcern.journal },
  {
    option: 'readPreference',
    value: 'primary',
    parsed: ({ readPreference }) => readPreference.mode,
  },
  { option: 'retryWrites', value: 'false', parsed: ({ retryWrites }) => retryWrites },
  { option: 'retryReads', value: 'false', parsed: ({ retryReads }) => retryReads },
];

/** Ours alone: how long is waited is part of how an unclear outcome is settled. */
const ours = [
  ...['wtimeout', 'wtimeoutMS', 'timeoutMS', 'socketTimeoutMS', 'connectTimeoutMS'],
  ...['serverSelectionTimeoutMS', 'heartbeatFrequencyMS', 'serverMonitoringMode', 'loadBalanced'],
  ...['readPreferenceTags', 'maxStalenessSeconds'],
];

/**
 * Options of an address that would weaken what is promised, each as a sentence: the driver takes them
 * from there without a word.
 */
export function contradictionsIn(url: string): string[] {
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
  // Names of options are read without regard to case, as the driver does.
  return [...new URLSearchParams(query)].flatMap(([given, value]) => {
    const name = given.toLowerCase() === 'j' ? 'journal' : given;
    const isCalled = (option: string): boolean => option.toLowerCase() === name.toLowerCase();
    const rule = needed.find(({ option }) => isCalled(option));
    if (rule !== undefined && value !== rule.value) {
      return [`${given}=${value} contradicts ${rule.option}=${rule.value}`];
    }
    return ours.some(isCalled) ? [`${given} is not to be set`] : [];
  });
}

/** The same of what the driver parsed, wherever it took it from. */
export function contradictionsOf(options: MongoOptions): string[] {
  return needed.flatMap(({ option, value, parsed }) => {
    const found = String(parsed(options));
    return found === value ? [] : [`the driver understood ${option}=${found}, not ${value}`];
  });
}

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

/**
 * How to get in, which is all that an address is to say. Everything else is ours: how long is waited
 * is part of how an unclear outcome is settled, and values that are read as other types look damaged.
 */
const access =
  /^(appName|auth\w*|tls\w*|ssl|replicaSet|directConnection|srv\w+|proxy\w+|family|autoSelectFamily\w*|compressors|zlibCompressionLevel)$/i;

/** Whoever is on the way would be believed. */
const unverified = /^(tlsInsecure|tlsAllowInvalid(Certificates|Hostnames))$/i;

/**
 * Options of an address that would weaken what is promised, each as a sentence: the driver takes them
 * from there without a word.
 */
export function contradictionsIn(url: string): string[] {
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
  // Names of options are read without regard to case, as the driver does.
  return [...new URLSearchParams(query)].flatMap(([given, value]) => {
    const name = given.toLowerCase() === 'j' ? 'journal' : given;
    const rule = needed.find(({ option }) => option.toLowerCase() === name.toLowerCase());
    if (unverified.test(name)) return [`${given} would turn the verifying of certificates off`];
    if (rule === undefined) return access.test(name) ? [] : [`${given} is not to be set`];
    return value === rule.value
      ? []
      : [`${given}=${value} contradicts ${rule.option}=${rule.value}`];
  });
}

/** The same of what the driver parsed, wherever it took it from. */
export function contradictionsOf(options: MongoOptions): string[] {
  return needed.flatMap(({ option, value, parsed }) => {
    const found = String(parsed(options));
    return found === value ? [] : [`the driver understood ${option}=${found}, not ${value}`];
  });
}

import { nearestName } from '../nearest-name.js';
import { settingsCatalogue, workerCatalogue } from './catalogue.js';

const prefix = 'OAKRING_';
/** Of the command line alone. */
const ofCommands = [`${prefix}CONTEXT`];
/** Of tests, benches and `npm run stack`, which start our programs with what they were given; and of backups. */
const ofTools = ['LONG', 'SEED', 'RUNS', 'STACK_DATA', 'BACKUP_PASSPHRASE'].map(
  (name) => `${prefix}${name}`,
);
const prefixesOfTools = [`${prefix}TEST_`, `${prefix}BENCH_`];
const known = [settingsCatalogue, workerCatalogue].flatMap((catalogue) =>
  Object.values(catalogue).map(({ variable }) => variable),
);

/** A sentence for each variable that looks like one of ours and is none: it has no effect. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  const unknown = Object.keys(env).filter(
    (name) =>
      name.startsWith(prefix) &&
      !known.includes(name) &&
      !ofTools.includes(name) &&
      !ofCommands.includes(name) &&
      !prefixesOfTools.some((start) => name.startsWith(start)),
  );
  return unknown.map((name) => {
    const bare = (variable: string): string => variable.slice(prefix.length);
    const ours = known.filter((variable) => variable.startsWith(prefix));
    const nearest = nearestName(bare(name), ours.map(bare));
    const hint = nearest === null ? '' : `; ${prefix}${nearest} is one`;
    return `${name} is no setting and has no effect${hint}`;
  });
}

import { allowanceCatalogue, lowPortsFeature, networkFeature } from '@oakring/contracts';
import type { Runtime } from '../runtimes/runtime.port.js';

/**
 * What this machine's owner lets jobs have of it, beside a place to run. What he does not say they do not have, and
 * what is not here they cannot ask for at all.
 */
export interface AllowedToJobs {
  /** Folders of the machine below which containers may be given one. Absent: none. */
  readonly hostPaths?: readonly string[];
  /** Networks that containers may ask for beside `bridge` and `none`: `host`, `container:<name>`, or by name. Absent: none. */
  readonly sharedNetworks?: readonly string[];
  /** Jobs may publish ports below 1024. Absent: they may not. */
  readonly lowPorts?: boolean;
  /** Who runs processes that name nobody, `user[:group]`. Absent: the worker's own user. */
  readonly runAs?: string;
  /** Whom else a process may name. Absent: nobody. */
  readonly users?: readonly string[];
  /** File of credentials that containers' images are pulled with. Absent: there are none. */
  readonly registries?: string;
  /** People may run commands in instances. Absent: they may not. */
  readonly exec?: boolean;
  /** What instances that fail printed last is told with their failure. Absent: it is. */
  readonly lastLines?: boolean;
}

/** One thing that jobs may have of a machine, or may not, for a person. */
export interface Allowance {
  readonly what: string;
  /** `no`, or what of it. */
  readonly allowed: string;
  /** The variable that says so; null: nobody can say otherwise. */
  readonly setting: string | null;
}

/** All of it, in a fixed order. */
export function allowancesOf(allowed: AllowedToJobs): readonly Allowance[] {
  const { hostPaths = [], sharedNetworks = [], users = [] } = allowed;
  const { runAs, registries, lowPorts = false, exec = false, lastLines = true } = allowed;
  const said: { readonly [K in keyof typeof allowanceCatalogue]: [what: string, is: string] } = {
    hostPaths: ['folders of the machine, in containers', listed(hostPaths, ' and below')],
    sharedNetworks: ['networks beside bridge and none', listed(sharedNetworks)],
    lowPorts: ['published ports below 1024', yesOrNo(lowPorts)],
    runAs: ['who processes run as', runAs ?? "the worker's own user"],
    users: ['users that processes may name', listed(users)],
    registries: [
      'credentials of registries',
      registries === undefined ? 'no' : `those in ${registries}`,
    ],
    exec: ['commands of people in instances', yesOrNo(exec)],
    lastLines: ['last lines of what fails, told to the manager', yesOrNo(lastLines)],
  };
  return [
    ...Object.entries(allowanceCatalogue).map(([name, { variable: setting }]) => {
      // Its keys are those of the catalogue.
      const [what, is] = said[name as keyof typeof allowanceCatalogue];
      return { what, allowed: is, setting };
    }),
    { what: neverAllowed, allowed: 'no', setting: null },
  ];
}

/** What a runtime can do for fields of a job, as far as the owner lets jobs have it: `docker:ports`. */
export function allowedFeatures(
  { technology, features }: Pick<Runtime, 'technology' | 'features'>,
  { lowPorts = false, sharedNetworks = [] }: AllowedToJobs,
): readonly string[] {
  const allowed = [
    ...(lowPorts && features.includes('ports') ? [lowPortsFeature] : []),
    ...(technology === 'docker' ? sharedNetworks.map(networkFeature) : []),
  ];
  return [...features, ...allowed].map((each) => `${technology}:${each}`);
}

/** There is no field for these, and no setting: `docker-asks.int.spec.ts` looks at what an engine is asked for. */
export const neverAllowed =
  "privileged containers, devices, further capabilities, the host's processes";

function yesOrNo(is: boolean): string {
  return is ? 'yes' : 'no';
}

function listed(names: readonly string[], more = ''): string {
  return names.length === 0 ? 'no' : `${names.join(', ')}${more}`;
}

import { readFileSync } from 'node:fs';

/** A package as `package-lock.json` has it. */
export interface Locked {
  readonly version: string;
  readonly license?: string;
  /** SRI digest of its archive. */
  readonly integrity?: string;
  /** Where it was fetched, where that is not the registry that is asked for it. */
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  /** Needed by what is for development only. */
  readonly dev?: true;
  readonly devOptional?: true;
  readonly optional?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** By the path at which it is installed; '' is this package itself. */
export type Lock = ReadonlyMap<string, Locked>;

export function readLock(path = 'package-lock.json'): Lock {
  // What npm wrote.
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return new Map(Object.entries(packages));
}

/** What an installation without development packages holds, and what is bundled into our programs. */
export function production(lock: Lock): Lock {
  return new Map(
    [...lock].filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional),
  );
}

export function nameOf(path: string): string {
  const folder = 'node_modules/';
  return path.slice(path.lastIndexOf(folder) + folder.length);
}

/** What packages ask for and the lock does not have, as `<who> needs <what>`: `npm ci` refuses it. */
export function missing(lock: Lock): readonly string[] {
  return [...lock].flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(lock, path, name))
      .map((name) => `${path === '' ? 'package.json' : path} needs ${name}`),
  );
}

/** As Node looks for it: below whoever asks, and from there upwards. */
function isFound(lock: Lock, from: string, name: string): boolean {
  if (lock.has(`${from === '' ? '' : `${from}/`}node_modules/${name}`)) return true;
  if (from === '') return false;
  return isFound(lock, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}

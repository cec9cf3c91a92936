import type { Refusal } from '../errors/catalogue.js';
import { technologies, type Technology } from '../messages/technology.js';
import { isObject, refused, type JsonObject } from '../parsing/parsing.js';
import { secretsNamedIn } from './job-secrets.js';
import { parseVolumes } from './job-volumes.js';

/** Fields that not every technology can make something of, whatever its worker: by whom, and else why not. */
const ofSome: readonly {
  readonly field: string;
  readonly by: readonly Technology[];
  readonly why: string;
}[] = [
  { field: 'pull', by: ['docker'], why: 'nothing is fetched from a registry' },
  { field: 'registryCredentials', by: ['docker'], why: 'nothing is fetched from a registry' },
  { field: 'workingDirectory', by: ['docker', 'process'], why: 'there is no folder to begin in' },
  { field: 'user', by: ['docker', 'process'], why: 'it runs as the user of its worker' },
  { field: 'ports', by: ['docker', 'process', 'unikernel'], why: 'nothing listens there' },
  { field: 'volumes', by: ['docker', 'process'], why: 'there is no place to see it at' },
  { field: 'volumes.hostPath', by: ['docker'], why: 'it sees the machine’s folders as they are' },
  { field: 'volumes.target', by: ['docker'], why: 'it is told the path in OAKRING_VOLUME_<NAME>' },
  { field: 'volumes.readOnly', by: ['docker'], why: 'it sees the folder itself' },
  {
    field: 'health.command',
    by: ['docker', 'process', 'simulated'],
    why: 'no command can be run in it',
  },
  {
    field: 'health.tcp',
    by: ['docker', 'process', 'simulated'],
    why: 'QEMU takes a connection whether or not its guest does',
  },
  { field: 'network', by: ['docker'], why: 'it has the network of its node' },
  { field: 'simulate', by: ['simulated'], why: 'it really runs' },
];

/** Those are passed on with a warning instead: others make something of them. */
const onlyWarned: readonly string[] = ['network', 'simulate'];

/** Whose workers can use a field of a job document, by its path. */
export function technologiesOf(field: string): readonly Technology[] {
  const path = field.split('.');
  const above = path.map((_, at) => path.slice(0, at + 1).join('.'));
  return technologies.filter((technology) =>
    ofSome.every(({ field: of, by }) => !above.includes(of) || by.includes(technology)),
  );
}

/** What of a document none of its technology's workers could ever do; null: nothing. */
export function whyNotOfTechnology(document: JsonObject): Refusal | null {
  const { technology } = document;
  // What workers of a root can do is theirs to say.
  if (document['numbering'] === 'given') return null;
  const volumes = parseVolumes(document);
  const written = { ...document, volumes: volumes.ok ? volumes.value : document['volumes'] };
  for (const { field, by, why } of ofSome) {
    if (onlyWarned.includes(field) || by.some((each) => each === technology)) continue;
    const said = saidAt(written, field.split('.'), '');
    if (said === null) continue;
    const detail = `${said.path} is not for technology ${String(technology)}: ${why}. It can be used with ${by.join(', ')}.`;
    return refused('invalid-field', detail, said.path, said.value).refusal;
  }
  const [secret] = secretsNamedIn(document);
  if (technology === 'simulated' && secret !== undefined) {
    const detail = `environment is not for technology simulated: nothing runs there that could be given the secret ${secret}.`;
    return refused('invalid-field', detail, 'environment', null).refusal;
  }
  return technology === 'docker' && volumes.ok ? unseen(volumes.value) : null;
}

/** A container has no way to be told where its folder is. */
function unseen(volumes: readonly { readonly target: string | null }[]): Refusal | null {
  const at = volumes.findIndex(({ target }) => target === null);
  if (at === -1) return null;
  const field = `volumes.${at}.target`;
  const detail = `${field} is missing: say at which path the container sees the folder, as in "data:/data".`;
  return refused('invalid-field', detail, field, null).refusal;
}

/** The first place at which something is said, in whichever entry of a list. */
function saidAt(
  value: unknown,
  [name, ...below]: readonly string[],
  path: string,
): { readonly path: string; readonly value: unknown } | null {
  if (name === undefined) {
    // What is left out reads as null, an empty list, or no.
    const isNothing = (value ?? false) === false || (Array.isArray(value) && value.length === 0);
    return isNothing ? null : { path, value };
  }
  if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) {
      const found = saidAt(each, [name, ...below], `${path}.${at}`);
      if (found !== null) return found;
    }
    return null;
  }
  return isObject(value)
    ? saidAt(value[name], below, path === '' ? name : `${path}.${name}`)
    : null;
}

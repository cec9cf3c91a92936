import { nearestName } from '../nearest-name.js';

/** What others call it; spelling does not lead there. */
const otherNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['replicas', ['count']],
  ['instances', ['count']],
  ['env', ['environment']],
  ['entrypoint', ['command', 'cmd']],
  ['healthcheck', ['health']],
  ['livenessProbe', ['health']],
  ['mounts', ['volumes']],
  ['workdir', ['workingDirectory']],
  ['working_dir', ['workingDirectory']],
  ['imagePullPolicy', ['pull']],
  ['imagePullSecrets', ['registryCredentials']],
  ['nodeSelector', ['nodeLabels']],
  ['cpus', ['cpu']],
  ['containerPort', ['port']],
  ['hostPort', ['published']],
  ['source', ['hostPath']],
  ['readonly', ['readOnly']],
  ['node', ['worker', 'constraints']],
  ['to', ['worker']],
]);

/** The known name that a mistyped one is nearest to; null when it is nothing of the kind. */
export function nearestOf(name: string, known: readonly string[]): string | null {
  const other = otherNames.get(name)?.find((field) => known.includes(field));
  return other ?? nearestName(name, known);
}

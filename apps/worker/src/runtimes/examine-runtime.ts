import type { Finding } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { Cgroups, remedyOf } from './cgroups/cgroups.js';
import type { RuntimeName } from './runtime.port.js';
import { qemuProgram } from './unikernel/qemu-command.js';
import { qemuHere } from './unikernel/qemu-here.js';

const part = 'runtimes';

/** What a runtime needs of the machine, without touching what runs there. */
export async function examineRuntime(
  name: RuntimeName,
  dockerHost: string,
  { timers, ids }: Pick<Ports, 'timers' | 'ids'>,
): Promise<readonly Finding[]> {
  switch (name) {
    case 'simulated':
      return [{ part, level: 'ok', looked: 'runtime simulated', seen: 'it needs nothing' }];
    case 'process':
      // In the name of nobody: what a worker that runs has in its groups is not ended.
      return processFindings(await Cgroups.examine(`doctor:${ids.next()}`, timers));
    case 'docker':
      return [await engineAt(dockerHost)];
    case 'unikernel':
      return [qemuOn()];
  }
}

/** Of a worker that would be started as this program was. */
function processFindings({
  groups,
  limits,
}: Awaited<ReturnType<typeof Cgroups.examine>>): readonly Finding[] {
  const finding = (what: string, seen: string | null, remedy: string): Finding => {
    const looked = `runtime process: ${what}`;
    if (seen === null) return { part, level: 'ok', looked, seen: 'it can be had' };
    return { part, level: 'warning', looked, seen, remedy };
  };
  const held =
    `${remedyOf(groups)}, on Linux 5.14 or newer; else what leaves its session outlives its instance, and jobs with ` +
    '--never-twice are not taken.';
  const limited =
    `${remedyOf(limits)}; else resources are reserved, and a process that takes more takes it ` +
    'from the others.';
  return [
    finding('a cgroup for each instance', groups, held),
    finding('limits of CPU and memory for each instance', limits, limited),
  ];
}

function qemuOn(): Finding {
  const looked = `runtime unikernel: ${qemuProgram()}`;
  const seen = qemuHere();
  if (seen !== null) return { part, level: 'ok', looked, seen };
  const remedy =
    'Install it (Debian: apt-get install qemu-system-x86 or qemu-system-arm); without it the worker offers no unikernels.';
  return { part, level: 'warning', looked, seen: 'it is not there', remedy };
}

async function engineAt(dockerHost: string): Promise<Finding> {
  // Its client is large: loaded only where containers are run.
  const { default: Docker } = await import('dockerode');
  const { engineAddress } = await import('./docker-container.js');
  const looked = `runtime docker: the engine at ${dockerHost} (DOCKER_HOST)`;
  try {
    const { Version, ApiVersion } = await new Docker(engineAddress(dockerHost)).version();
    return { part, level: 'ok', looked, seen: `version ${Version}, API ${ApiVersion}` };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const remedy =
      'Start the engine, and let the user of the worker use its socket (SupplementaryGroups=docker in a systemd unit).';
    return { part, level: 'bad', looked, seen, remedy };
  }
}

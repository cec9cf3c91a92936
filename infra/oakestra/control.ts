/** What a worker's program makes of a control message: Go's reading of JSON, and what it does then. */
export type Heard =
  | { readonly is: 'dropped' }
  /** The process ends, and everything it runs with it. */
  | { readonly is: 'panic' }
  | { readonly is: 'order'; readonly order: Order };

export interface Order {
  readonly job_name: string;
  readonly virtualization: string;
  readonly instance_number: number;
  readonly image: string;
  readonly one_shot: boolean;
}

type Kind = 'text' | 'texts' | 'int' | 'bool' | 'volumes';

const members: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...['_id', 'job_name', 'image', 'port', 'status', 'status_detail', 'virtualization'].map(
    (name): [string, Kind] => [name, 'text'],
  ),
  ['platform', 'text'],
  ...['instance_number', 'vtpus', 'vgpus', 'vcpus', 'memory', 'storage', 'pid'].map(
    (name): [string, Kind] => [name, 'int'],
  ),
  ...['cmd', 'environment', 'vm_images', 'arch'].map((name): [string, Kind] => [name, 'texts']),
  ['one_shot', 'bool'],
  ['privileged', 'bool'],
  ['volumes', 'volumes'],
]);

const always = ['docker', 'unikernel', 'crosvm'];

/** `runtimes`: what its containerd is configured for. */
export function controlIn(payload: string, runtimes: readonly string[]): Heard {
  let body: unknown;
  try {
    body = JSON.parse(payload);
  } catch {
    return { is: 'dropped' };
  }
  if (body === null) return { is: 'panic' };
  if (typeof body !== 'object' || Array.isArray(body)) return { is: 'dropped' };
  const read = new Map<string, unknown>();
  for (const [key, value] of Object.entries(body)) {
    const name = key.toLowerCase();
    const kind = members.get(name);
    if (kind === undefined || value === null) continue;
    if (!isOf(kind, value) || (kind === 'int' && isWrittenAsFraction(payload, key))) {
      return { is: 'dropped' };
    }
    read.set(name, value);
  }
  const virtualization = String(read.get('virtualization') ?? '');
  if (![...always, ...runtimes].includes(virtualization)) return { is: 'panic' };
  return {
    is: 'order',
    order: {
      ...{ virtualization, job_name: String(read.get('job_name') ?? '') },
      instance_number: Number(read.get('instance_number') ?? 0),
      image: String(read.get('image') ?? ''),
      one_shot: read.get('one_shot') === true,
    },
  };
}

/** `1.0` and `1e3` are no ints. */
function isWrittenAsFraction(payload: string, key: string): boolean {
  return new RegExp(`"${key}"\\s*:\\s*-?\\d+[.eE]`).test(payload);
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return isListOf('string', value);
    case 'int':
      return Number.isInteger(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'volumes':
      return isListOf('object', value) && (value as object[]).every(isVolume);
  }
}

function isListOf(type: string, value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => each === null || typeof each === type);
}

function isVolume(volume: object | null): boolean {
  return Object.entries(volume ?? {}).every(([key, value]) => {
    const name = key.toLowerCase();
    if (value === null) return true;
    if (name === 'config') {
      return typeof value === 'object' && isListOf('string', Object.values(value as object));
    }
    return !['volume_id', 'csi_driver', 'mount_path'].includes(name) || typeof value === 'string';
  });
}

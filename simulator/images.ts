/** What becomes of an image's container is in its name: `docker.io/sim/app.run-5000.exit-1:3`. */
export interface Script {
  /** How long it takes to fetch. */
  readonly pullMs?: number;
  /** It ends by itself after this long. */
  readonly runMs?: number;
  readonly exitCode?: number;
  /** It cannot be fetched. */
  readonly fails?: boolean;
}

export function imageOf({ pullMs, runMs, exitCode, fails }: Script, version: number): string {
  const parts = [
    'app',
    ...(pullMs === undefined ? [] : [`pull-${pullMs}`]),
    ...(runMs === undefined ? [] : [`run-${runMs}`]),
    ...(exitCode === undefined ? [] : [`exit-${exitCode}`]),
    ...(fails === true ? ['fails'] : []),
  ];
  return `docker.io/sim/${parts.join('.')}:${version}`;
}

export function pullMsOf(image: string): number {
  return numberIn(image, 'pull') ?? 0;
}

export function runMsOf(image: string): number | null {
  return numberIn(image, 'run');
}

export function exitCodeOf(image: string): number {
  return numberIn(image, 'exit') ?? 0;
}

export function faultOf(image: string): string | null {
  return image.includes('.fails:') ? `failed to resolve reference "${image}"` : null;
}

function numberIn(image: string, what: string): number | null {
  const digits = new RegExp(`\\.${what}-(\\d+)`).exec(image)?.[1];
  return digits === undefined ? null : Number(digits);
}

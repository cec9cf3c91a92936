/** A command for the shell that is on every machine, and in every image of the tests. */
export function sh(text: string): readonly string[] {
  return ['/bin/sh', '-c', text];
}

/** What the contract of commands in instances runs, for runtimes whose instances have a shell. */
export const execCommands = {
  echo: sh('echo "$WHERE"'),
  fail: sh('echo no >&2; exit 1'),
  cat: ['cat'],
  exit3: sh('exit 3'),
  zeros: ['cat', '/dev/zero'],
  sleep: sh('echo ready; sleep 595; true'),
  stubborn: sh('trap "" HUP; echo ready; sleep 595; true'),
  size: sh('trap "stty size" WINCH; stty size; while :; do sleep 0.1; done'),
} as const;

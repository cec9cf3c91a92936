import { join } from 'node:path';

/** Where a unit of systemd goes, and what belongs to it. */
export interface Place {
  readonly unitFile: string;
  readonly settingsFile: string;
  /** Where the worker keeps its data. */
  readonly data: string;
  /** How systemctl is asked for this unit. */
  readonly systemctl: readonly string[];
  /** Null: the one who installs it. */
  readonly user: string | null;
}

export const unitName = 'oakring-worker';

/** Of the machine. */
export const systemPlace: Place = {
  unitFile: `/etc/systemd/system/${unitName}.service`,
  settingsFile: `/etc/oakring/${unitName}.env`,
  data: `/var/lib/${unitName}`,
  systemctl: ['systemctl'],
  user: unitName,
};

/** Of one person, whose systemd it is. */
export function userPlace(home: string): Place {
  return {
    unitFile: join(home, `.config/systemd/user/${unitName}.service`),
    settingsFile: join(home, `.config/oakring/${unitName}.env`),
    data: join(home, `.local/state/${unitName}`),
    systemctl: ['systemctl', '--user'],
    user: null,
  };
}

/** The unit that the package ships, for the program where it is. */
export function systemUnit(shipped: string, program: string): string {
  return shipped.replace(/^ExecStart=\S+/m, () => `ExecStart=${program}`);
}

/** What a person's own systemd can do of that: nothing is kept from what it runs but new rights. */
export function userUnit({ settingsFile, data }: Place, program: string): string {
  return `[Unit]
Description=Oakring worker
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${program} worker
EnvironmentFile=-${settingsFile}
Environment=OAKRING_WORKER_DATA=${data} NODE_OPTIONS=--max-semi-space-size=1
Restart=on-failure
RestartSec=5
# A setting that cannot be used is not right the next time either.
RestartPreventExitStatus=2
TimeoutStopSec=10
# What it runs goes on, and is found again by its next start.
KillMode=process
# One job that takes too many tasks must not be the end of the guards of all.
TasksMax=infinity
# A cgroup for each process instance, which limits it, and holds what leaves its session: jobs that must never run twice
# need it. The worker and its guards are in one of their own: beside limited groups there may be no process (systemd 254;
# an older one warns of the line that it does not know, and processes have no limits).
Delegate=yes
DelegateSubgroup=oakring-worker
NoNewPrivileges=yes
UMask=0077

[Install]
WantedBy=default.target
`;
}

/** As a word of ExecStart: systemd takes blanks, quotes, percents and dollars for its own. */
export function execWord(path: string): string {
  const escaped = path.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(path) ? `"${escaped}"` : escaped;
}

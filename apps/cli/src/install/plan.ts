import type { Step } from './machine.js';
import { systemUnit, unitName, userUnit, type Place } from './worker-unit.js';

export interface Facts {
  readonly place: Place;
  /** The beginning of ExecStart: Node and this program. */
  readonly program: string;
  /** The unit and the example of its settings that the package ships. */
  readonly shipped: { readonly unit: string; readonly settings: string };
  readonly hasSettings: boolean;
  readonly hasUser: boolean;
}

const secret = 0o600;
const secretFolder = 0o700;
const readable = 0o644;
const readableFolder = 0o755;

/** In the order in which it is done; settings that are there stay. */
export function stepsToInstall({
  place,
  program,
  shipped,
  hasSettings,
  hasUser,
}: Facts): readonly Step[] {
  const { unitFile, settingsFile, systemctl, user } = place;
  const makeUser = ['useradd', '--system', '--shell', '/usr/sbin/nologin'];
  const unit = user === null ? userUnit(place, program) : systemUnit(shipped.unit, program);
  return [
    ...(user === null || hasUser ? [] : [{ does: 'run', argv: [...makeUser, user] } as const]),
    {
      ...{ does: 'write', path: unitFile, content: unit },
      ...{ mode: readable, folderMode: readableFolder },
    },
    hasSettings
      ? { does: 'leave', path: settingsFile }
      : {
          ...{ does: 'write', path: settingsFile, content: shipped.settings },
          ...{ mode: secret, folderMode: secretFolder },
        },
    { does: 'run', argv: [...systemctl, 'daemon-reload'] },
  ];
}

export function stepsToUninstall({
  unitFile,
  settingsFile,
  data,
  systemctl,
}: Place): readonly Step[] {
  return [
    { does: 'run', argv: [...systemctl, 'disable', '--now', unitName], mayFail: true },
    { does: 'remove', path: unitFile },
    { does: 'run', argv: [...systemctl, 'daemon-reload'] },
    { does: 'leave', path: settingsFile },
    { does: 'leave', path: data },
  ];
}

export function nextAfterInstall({ settingsFile, systemctl, user }: Place): string {
  const ask = systemctl.join(' ');
  const journal = user === null ? 'journalctl --user' : 'journalctl';
  const linger =
    user === null
      ? '\n  loginctl enable-linger      # so that it runs while you are not logged in'
      : '';
  return `Next:
  edit ${settingsFile}       # where its broker is, and who it is
  ${ask} enable --now ${unitName}
  ${journal} -u ${unitName} -f${linger}`;
}

export function nextAfterUninstall({ settingsFile, data }: Place): string {
  return `What it ran runs on, unless its node was drained. Settings and data are kept, until you remove them:
  rm -r ${data} ${settingsFile}`;
}

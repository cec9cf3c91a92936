import { authorityFile, servedAt, Trust, type TlsSettings } from '@oakring/host';
import { ShownCertificate } from '@oakring/http';
import type { Ports, Undo } from '@oakring/ports';

/** How a manager encrypts, and whom it believes. */
export interface ManagerTls {
  /** What its listeners show; null: they speak in the clear. */
  readonly shown: ShownCertificate | null;
  /** Whom other programs of the cluster are believed by. */
  readonly others: Trust;
  /** The listeners of this process. */
  readonly own: Trust;
}

/** `address`: the one that listeners are bound to. Throws `settings-invalid` where a certificate cannot be used. */
export function managerTls(
  address: string,
  settings: TlsSettings,
  { timers }: Pick<Ports, 'timers'>,
  stopping: Undo,
): ManagerTls {
  const others = Trust.in(authorityFile(settings));
  const files = servedAt(address, settings);
  if (files === null) return { shown: null, others, own: others };
  const shown = ShownCertificate.open(files, timers);
  stopping.add(() => shown.stop());
  return { shown, others, own: shown.trust };
}

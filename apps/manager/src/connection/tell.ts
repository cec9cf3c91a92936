import type { Logger } from '@nestjs/common';

/** Calls every listener: one that fails keeps no other from hearing it. */
export function tell(listeners: ReadonlySet<() => void>, logger: Logger): void {
  for (const listener of listeners) {
    try {
      listener();
    } catch (error) {
      logger.error(`a listener of the broker link failed: ${String(error)}`);
    }
  }
}

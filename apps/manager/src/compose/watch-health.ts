import { roomOn } from '@oakring/host';
import { isMongoUrl } from '@oakring/stores';
import type { Ports, Undo } from '@oakring/ports';
import type { ManagerSettings } from '../config/manager-settings.js';
import { HealthWatch } from '../health/health-watch.js';
import type { RootView, VerificationView } from '../injection/query-tokens.js';
import type { Leadership } from '../leadership/leadership.js';
import type { Stores } from '../leadership/open-stores.js';
import { rootMemoryTrouble } from '../queries/root/root-memory.js';
import type { HttpScheduler } from '../scheduling/http-scheduler.js';
import type { Projection } from '../views/projection.js';

interface Parts {
  readonly leadership: Leadership;
  readonly stores: Stores;
  readonly verification: VerificationView;
  readonly scheduler: HttpScheduler;
  readonly projection: Projection;
  readonly root: RootView | null;
  readonly ports: Ports;
}

/** From now on it is known since when each part is as it is. */
export function watchHealth(parts: Parts, settings: ManagerSettings, stopping: Undo): HealthWatch {
  const { leadership, stores, verification, scheduler, projection, root, ports } = parts;
  const { dataFolder, storeAddress } = settings;
  const folders = isMongoUrl(storeAddress) ? [dataFolder] : [dataFolder, storeAddress];
  const watch = new HealthWatch(
    {
      leadership,
      several: stores.leases !== null,
      get damage() {
        return verification.trouble;
      },
      get waiting() {
        return projection.state.jobsWithPending.size;
      },
      get root() {
        return root?.standing.now() ?? null;
      },
      get rootMemory() {
        return leadership.status.leading ? rootMemoryTrouble(projection.state, root) : null;
      },
      obstacle: () => stores.obstacle(),
      clockError: () => leadership.clockError(),
      schedulerObstacle: () => scheduler.obstacle(),
      room: async () => {
        const rooms = await Promise.all(folders.map((folder) => roomOn(folder)));
        const known = rooms.filter((room) => room !== null);
        return known.toSorted((a, b) => a.freeBytes - b.freeBytes)[0] ?? null;
      },
    },
    ports,
  );
  watch.start();
  stopping.add(() => watch.stop());
  return watch;
}

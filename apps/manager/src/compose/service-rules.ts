import { placeIn } from '@oakring/contracts';
import type { ServiceRules } from '../inbox/root/service-translation.js';
import type { ManagerSettings } from '../config/manager-settings.js';

/** How services of a root are taken; null: nobody asked for one. */
export function serviceRulesOf(settings: ManagerSettings): ServiceRules | null {
  if (!settings.speaksOakestra) return null;
  return {
    clusterName: settings.clusterName,
    clusterPlace: placeIn(settings.clusterLocation),
    cpuOvercommit: settings.oakestraCpuOvercommit,
    unkept: settings.oakestraUnkept,
    lostAfterMs: settings.oakestraLostAfterMs,
  };
}

/** `ServiceRules`, or null where nobody asked for Oakestra. */
export const SERVICE_RULES = Symbol('ServiceRules');
export const ROOT_LINK = Symbol('RootLink');

/** How we stand with the root. */
export interface RootLink {
  now(): { readonly clusterId: string | null; readonly isConnected: boolean };
}

/** Nobody speaks to it. */
export const withoutRoot: RootLink = { now: () => ({ clusterId: null, isConnected: false }) };

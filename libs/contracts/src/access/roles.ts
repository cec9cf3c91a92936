const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a caller may be allowed, and what that is. Whatever is reached over HTTP says which of these it needs. */
export const permissions = {
  'cluster:read': 'see the cluster as a whole: counts, storms, how it stands with its root',
  'cluster:metrics': 'scrape the metrics',
  'cluster:import': 'take nodes and services over from another orchestrator',
  'jobs:read': 'see jobs, their instances and revisions',
  'jobs:write': 'submit, change, move and delete jobs',
  'jobs:logs': 'read what instances print, which may be anything, secrets too',
  'jobs:exec': 'run commands in instances, which may do all that the instance may',
  'nodes:read': 'see nodes and what they use',
  'nodes:write': 'cordon, drain, label, quarantine and forget nodes',
  'nodes:register': 'register a node over HTTP',
  'nodes:join': 'let a machine join as a node, with a credential of its own',
  'ledger:read':
    'read events (with what failed instances printed last), decisions, dead letters, readings, evidence',
  'ledger:write': 'endorse and revoke keys that sign the ledger',
  'ledger:cosign': 'hand in the cosignature of a witness',
  'secrets:read': 'see which secrets there are and what uses them; never a value',
  'secrets:write': 'set, rotate and remove secrets',
  'secrets:use': 'name a secret in a job, whose program then has its value',
  'access:read': 'see which tokens there are; never a token itself',
  'access:write': 'create and revoke tokens',
} as const;

export type Permission = keyof typeof permissions;

export const permissionNames = Object.keys(permissions) as readonly Permission[];

interface RoleRules {
  /** For whom it is. */
  readonly says: string;
  readonly may: readonly Permission[];
  /**
   * How long a token of it holds, unless it is said: people come back, programs are set up once. Null: no token has it.
   */
  readonly usualMs: number | null;
  /**
   * `own`: of jobs and secrets it sees, changes and uses only those that came under its own name. `labels`: a token
   * may be limited to orders about nodes with some labels, and what it lets in has these. `joins`: so may one that
   * lets in, to some ids, and always to so many.
   */
  readonly limit?: 'own' | 'labels' | 'joins';
}

/**
 * Who may what: the one table. What a role is not given here it may not. The guard of the manager, the
 * OpenAPI document, the help of `oakring token create` and docs/access.md are derived from it.
 */
export const roles = {
  admin: {
    says: 'whoever runs the cluster; the only one who gives tokens to others',
    may: permissionNames,
    usualMs: dayMs,
  },
  operator: {
    says: 'people who look after jobs and nodes',
    may: [
      ...(['cluster:read', 'cluster:metrics', 'cluster:import'] as const),
      ...(['jobs:read', 'jobs:write', 'jobs:logs', 'jobs:exec'] as const),
      ...(['nodes:read', 'nodes:write', 'nodes:register', 'nodes:join', 'ledger:read'] as const),
      ...(['secrets:read', 'secrets:write', 'secrets:use'] as const),
    ],
    usualMs: 7 * dayMs,
    limit: 'labels',
  },
  root: {
    says: 'a root orchestrator, or any program that submits jobs of its own',
    may: [
      ...(['cluster:read', 'jobs:read', 'jobs:write', 'jobs:logs'] as const),
      ...(['secrets:read', 'secrets:write', 'secrets:use'] as const),
    ],
    usualMs: 30 * dayMs,
    limit: 'own',
  },
  auditor: {
    says: 'whoever reads and proves what happened, and a witness',
    may: [
      ...(['cluster:read', 'jobs:read', 'nodes:read'] as const),
      ...(['ledger:read', 'ledger:cosign', 'access:read', 'secrets:read'] as const),
    ],
    usualMs: 7 * dayMs,
  },
  scheduler: {
    says: 'a scheduler that runs by itself',
    may: ['nodes:read'],
    usualMs: 30 * dayMs,
  },
  metrics: {
    says: 'Prometheus, or what scrapes as it does',
    may: ['cluster:metrics'],
    usualMs: 30 * dayMs,
  },
  join: {
    says: 'a machine that is to be a node: so many times, of some ids or with some labels',
    may: ['nodes:join'],
    usualMs: hourMs,
    limit: 'joins',
  },
  node: {
    says: 'a node, by the credential that it joined with: it renews that one',
    may: ['nodes:join'],
    usualMs: null,
  },
} as const satisfies Record<string, RoleRules>;

export type Role = keyof typeof roles;

export const roleNames = Object.keys(roles) as readonly Role[];

/** Roles that tokens have. */
export type TokenRole = {
  [R in Role]: (typeof roles)[R]['usualMs'] extends number ? R : never;
}[Role];

// The type says the same of the same table.
export const tokenRoles = roleNames.filter(
  (role) => roles[role].usualMs !== null,
) as readonly TokenRole[];

/** No token outlives this: one that nobody remembers ends by itself. */
export const longestTokenMs = 366 * dayMs;
export const shortestTokenMs = 1_000;

/** More machines than this are let in by several tokens. */
export const mostJoinUses = 10_000;
/** More ids than this are of several tokens. */
export const mostJoinIds = 256;

/** What a token that is limited to some nodes may not: it is about nodes that cannot be told yet. */
const notWithLabels: readonly Permission[] = ['cluster:import', 'nodes:register'];

export function isRole(name: string): name is Role {
  return Object.hasOwn(roles, name);
}

export function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissions, name);
}

export function rulesOf(role: Role): RoleRules {
  return roles[role];
}

/** How long a token of the role holds, unless it is said. */
export function usualTokenMs(role: TokenRole): number {
  return roles[role].usualMs;
}

/** `isLimited`: to nodes with some labels. */
export function permissionsOf(role: Role, isLimited = false): readonly Permission[] {
  const { may } = rulesOf(role);
  return isLimited ? may.filter((permission) => !notWithLabels.includes(permission)) : may;
}

export function rolesWith(permission: Permission): readonly Role[] {
  return roleNames.filter((role) => rulesOf(role).may.includes(permission));
}

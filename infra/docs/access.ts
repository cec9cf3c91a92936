import {
  isObject,
  permissionNames,
  permissions,
  permissionsOf,
  roleNames,
  rulesOf,
} from '@oakring/contracts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A part of docs/access.md that is written by `npm run access`, between two comments of its name. */
export type Part = 'roles' | 'permissions' | 'routes';

const limits = {
  own: 'always to the jobs that it submitted itself',
  labels: 'to orders about nodes with some labels, where the token says so',
  joins: 'always to so many nodes; to some ids, where the token says so',
} as const;

/** The tables of the page, from the one table that the guard reads, and the description of the interface. */
export function tablesOf(openapi: unknown): Readonly<Record<Part, string>> {
  return {
    roles: table(
      ['role', 'for', 'a token holds, unless said', 'limited'],
      roleNames.map((role) => {
        const { says, usualMs, limit } = rulesOf(role);
        return [`\`${role}\``, says, lastsText(usualMs), limit === undefined ? '' : limits[limit]];
      }),
    ),
    permissions: table(
      ['permission', 'to', ...roleNames],
      permissionNames.map((permission) => [
        `\`${permission}\``,
        permissions[permission],
        ...roleNames.map((role) => (permissionsOf(role).includes(permission) ? 'yes' : '')),
      ]),
    ),
    routes: table(['needs', 'addresses'], routesOf(openapi)),
  };
}

function lastsText(ms: number | null): string {
  if (ms === null) return 'no token has it';
  const [count, unit] = ms < dayMs ? [ms / hourMs, 'hour'] : [ms / dayMs, 'day'];
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

function routesOf(openapi: unknown): (readonly string[])[] {
  const byNeed = new Map<string, string[]>();
  const paths = isObject(openapi) && isObject(openapi['paths']) ? openapi['paths'] : {};
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(isObject(methods) ? methods : {})) {
      const need = isObject(operation) ? String(operation['x-oakring-needs']) : '';
      byNeed.set(need, [...(byNeed.get(need) ?? []), `\`${method.toUpperCase()} ${path}\``]);
    }
  }
  const others = ['known', 'oakestra', 'nothing'];
  return [...permissionNames, ...others].map((need) => [
    `\`${need}\``,
    (byNeed.get(need) ?? []).sort().join(', '),
  ]);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  // As the formatter writes it.
  const widths = titles.map((_, at) =>
    Math.max(3, ...[titles, ...rows].map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, filler)).join(' | ')} |`;
  return [
    line(titles),
    line(
      titles.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

/** The page with its tables as they are to be. */
export function pageWith(page: string, tables: Readonly<Record<Part, string>>): string {
  return Object.entries(tables).reduce(
    (text, [part, lines]) =>
      text.replace(
        new RegExp(`(<!-- ${part} -->\n)[^]*?(<!-- end of ${part} -->)`),
        (_, begin: string, end: string) => `${begin}\n${lines}\n\n${end}`,
      ),
    page,
  );
}

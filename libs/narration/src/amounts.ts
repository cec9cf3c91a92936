import {
  amountOf,
  resourceCatalogue,
  resourceNames,
  type ResourceKind,
  type ResourceName,
  type Resources,
} from '@oakring/contracts';

/** Those that tables have a column of: what no node has is left out. */
export function resourceColumns(
  capacities: readonly Resources[],
): readonly (ResourceKind & { readonly name: ResourceName })[] {
  const columns = resourceNames.map((name) => ({ name, ...kinds[name] }));
  return columns.filter(
    ({ name, everywhere }) => everywhere || capacities.some((each) => amountOf(each, name) > 0),
  );
}

const kinds: Readonly<Record<ResourceName, ResourceKind>> = resourceCatalogue;

/** `1200m CPU, 512 MiB`. */
export function resourcesText(resources: Resources): string {
  return resourceColumns([resources])
    .map(({ name, suffixAlone }) => `${amountOf(resources, name)}${suffixAlone}`)
    .join(', ');
}

/** A machine may say that it has none: nothing is ever placed there. */
export function technologiesText(technologies: readonly string[]): string {
  return technologies.length === 0 ? 'no runtime' : technologies.join(', ');
}

export function labelsText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? '-' : parts.join(', ');
}

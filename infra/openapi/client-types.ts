import openapiTypescript, { astToString } from 'openapi-typescript';

/** What everybody's client is made of. */
export const documentFile = 'docs/openapi.json';
/** The types of the command line's own. `npm run openapi` writes both files anew. */
export const typesFile = 'apps/cli/src/client/openapi.d.ts';

/** TypeScript's view of the document: paths, and the schemas of what is sent and answered. */
export async function clientTypes(document: string): Promise<string> {
  const nodes = await openapiTypescript(document, {
    // What a caller may leave out it may leave out, whatever stands in its place then.
    defaultNonNullable: false,
  });
  return `// Made of ${documentFile} by "npm run openapi".\n${astToString(nodes)}`;
}

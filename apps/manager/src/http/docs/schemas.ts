import { schemaOf, shapeNamed, type JsonSchema } from '@oakring/contracts/http';
import type { OpenAPIObject } from '@nestjs/swagger';

const reference = /"#\/components\/schemas\/(\w+)"/g;

/** The document with a schema for each name that it refers to, and for those that these refer to. */
export function withSchemas(document: OpenAPIObject): OpenAPIObject {
  const schemas = new Map<string, JsonSchema>();
  const waiting = namesIn([document.paths, document.components]);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (schemas.has(name)) continue;
    const shape = shapeNamed(name);
    if (shape === undefined) throw new Error(`No document is called ${name}.`);
    const schema = schemaOf(shape);
    schemas.set(name, schema);
    waiting.push(...namesIn(schema));
  }
  const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  const components = { ...document.components, schemas: Object.fromEntries(sorted) };
  return { ...document, components };
}

function namesIn(part: unknown): string[] {
  return [...JSON.stringify(part).matchAll(reference)].map(([, name = '']) => name);
}

import { Injectable, type INestApplication } from '@nestjs/common';
import { errorCatalogue, type ErrorCode } from '@oakring/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { DescribedOperation } from './described.js';
import { operations } from './operations.js';

/**
 * The OpenAPI document: paths from the routes, their meaning from `operations.ts`. Made on the first
 * request, since @nestjs/swagger costs more than 10 MB that a manager rarely needs.
 */
@Injectable()
export class ApiDocument {
  private app: INestApplication | null = null;
  private made: Promise<OpenAPIObject> | null = null;

  /** Names the application whose routes are described. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  get(): Promise<OpenAPIObject> {
    this.made ??= this.make();
    return this.made;
  }

  private async make(): Promise<OpenAPIObject> {
    if (this.app === null) throw new Error('No application was named to be described.');
    const [{ DocumentBuilder, SwaggerModule }, { schemas }] = await Promise.all([
      import('@nestjs/swagger'),
      import('./schemas.js'),
    ]);
    const config = new DocumentBuilder()
      .setTitle('Oakring')
      .setDescription('The manager of a cluster: jobs in, decisions with reasons out.')
      .setVersion('1')
      .addBearerAuth()
      .addSecurityRequirements('bearer')
      .build();
    const document = SwaggerModule.createDocument(this.app, config);
    const paths = Object.fromEntries(
      Object.entries(document.paths)
        .filter(([path]) => !path.startsWith('/api/docs'))
        .map(([path, methods]: [string, object]) => [path, describedPath(path, methods)]),
    );
    return { ...document, paths, components: { ...document.components, schemas: { ...schemas } } };
  }
}

interface RoutedOperation {
  readonly parameters?: readonly { readonly in?: string }[];
}

function describedPath(path: string, methods: object): object {
  return Object.fromEntries(
    Object.entries(methods).map(([method, routed]: [string, RoutedOperation]) => {
      const described = operations[`${method} ${path}`];
      return [method, described === undefined ? routed : operationOf(described, routed)];
    }),
  );
}

function operationOf(described: DescribedOperation, { parameters = [] }: RoutedOperation): object {
  const { tag, summary, body } = described;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  return {
    tags: [tag],
    summary,
    parameters: [...inPath, ...(described.parameters ?? []).map(parameterOf)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.optional !== true, content: contentOf(body.schema) } }),
    responses: { ...answersOf(described), ...problemsOf(described.problems ?? []) },
  };
}

function parameterOf({
  in: place,
  name,
  type,
  description,
}: NonNullable<DescribedOperation['parameters']>[number]): object {
  return { in: place, name, description, required: false, schema: { type } };
}

function answersOf({ answers }: DescribedOperation): Record<string, object> {
  return Object.fromEntries(
    answers.map(({ status, description, media, schema }) => [
      String(status),
      { description, ...(schema === null ? {} : { content: contentOf(schema, media) }) },
    ]),
  );
}

/** One entry a status; its codes are listed. */
function problemsOf(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      { description: list.join(', '), content: contentOf('Problem', 'application/problem+json') },
    ]),
  );
}

function contentOf(schema: string, media = 'application/json'): object {
  return { [media]: { schema: { $ref: `#/components/schemas/${schema}` } } };
}

import { Injectable, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { DeclaredRoute } from '../endpoints/endpoint.js';
import { operationOf, type RoutedOperation, type SharedProblems } from './operation.js';
import { withSchemas } from './schemas.js';

/**
 * The OpenAPI document: paths from the controllers' routes, their meaning from what each says of itself
 * (`@Endpoint`). Made on the first request, since @nestjs/swagger costs more than 10 MB that a manager
 * rarely needs.
 */
@Injectable()
export class ApiDocument {
  private app: INestApplication | null = null;
  private routes: readonly DeclaredRoute[] = [];
  private made: Promise<OpenAPIObject> | null = null;

  /** Names the application whose routes are described. */
  describe(app: INestApplication, routes: readonly DeclaredRoute[]): void {
    this.app = app;
    this.routes = routes;
  }

  get(): Promise<OpenAPIObject> {
    this.made ??= this.make();
    return this.made;
  }

  private async make(): Promise<OpenAPIObject> {
    if (this.app === null) throw new Error('No application was named to be described.');
    const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Oakring')
      .setDescription('The manager of a cluster: jobs in, decisions with reasons out.')
      .setVersion('1')
      .addBearerAuth()
      .addSecurityRequirements('bearer')
      .build();
    const document = SwaggerModule.createDocument(this.app, config);
    const shared: SharedProblems = new Map();
    const paths = Object.fromEntries(
      Object.entries(document.paths).map(([path, methods]: [string, object]) => [
        path,
        this.describedPath(path, methods, shared),
      ]),
    );
    const responses = Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)));
    return withSchemas({ ...document, paths, components: { ...document.components, responses } });
  }

  private describedPath(path: string, methods: object, shared: SharedProblems): object {
    return Object.fromEntries(
      Object.entries(methods).map(([name, routed]: [string, RoutedOperation]) => {
        const method = name.toUpperCase();
        const route = this.routes.find((each) => each.method === method && each.path === path);
        if (route === undefined) throw new Error(`${method} ${path} is no route.`);
        return [name, operationOf(route.endpoint, routed, { method, path }, shared)];
      }),
    );
  }
}

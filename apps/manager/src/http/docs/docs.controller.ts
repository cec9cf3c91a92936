import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { OpenApiDocument } from '@oakring/contracts/http';
import { OakringError } from '@oakring/contracts';
import { Page } from '@oakring/http';
import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ofMedia, ok, type Answer } from '../endpoints/answers.js';
import { Endpoint } from '../endpoints/endpoint.js';
import { ApiDocument } from './api-document.js';

/** Files of swagger-ui-dist that the page loads, and nothing else of that folder. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Oakring: the interface</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
    <link rel="icon" href="/api/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="interface"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

/** Of its own: the page runs no script that stands in it. A change needs its media type without a body too. */
const startScript = `SwaggerUIBundle({
  url: '/api/docs-json',
  dom_id: '#interface',
  deepLinking: true,
  requestInterceptor(request) {
    if (request.method !== 'GET') request.headers['Content-Type'] = 'application/json';
    return request;
  },
});
`;

/**
 * The description needs no token: a browser could not send one to open the page, and it tells what
 * everybody can read in the source. What the page then asks needs one (its button Authorize).
 */
const description = (id: string, summary: string, answer: Answer): Endpoint => ({
  id,
  tag: 'Operation',
  summary,
  needs: 'nothing',
  answeredBy: 'any',
  answers: [answer],
});

/** The interface, described: for people at `/api/docs`, for programs at `/api/docs-json`. */
@Controller('api')
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('docs')
  @Endpoint(
    description('showPage', 'This interface, for people', ofMedia(['text/html'], 'A page.')),
  )
  @Page()
  page(): string {
    return page;
  }

  @Get('docs-json')
  @Endpoint(description('showDocument', 'This document', ok(OpenApiDocument, 'OpenAPI.')))
  json(): Promise<object> {
    return this.document.get();
  }

  @Get('docs/start.js')
  @Endpoint(
    description(
      'showScript',
      'What the page starts with',
      ofMedia(['text/javascript'], 'A script.'),
    ),
  )
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return startScript;
  }

  @Get('docs/:asset')
  @Endpoint(
    description(
      'showAsset',
      'What the page is made of',
      ofMedia(['text/css', 'text/javascript', 'image/png'], 'A file.'),
    ),
  )
  asset(@Param('asset') asset: string, @Res() reply: FastifyReply): void {
    const type = Object.hasOwn(assets, asset) ? assets[asset] : undefined;
    if (type === undefined) {
      throw new OakringError({ code: 'route-unknown', detail: `There is no ${asset} here.` });
    }
    void reply
      .header('content-type', type)
      .header('cache-control', 'max-age=86400')
      .send(createReadStream(join(swaggerFolder(), asset)));
  }
}

function swaggerFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

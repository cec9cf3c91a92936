import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
    <script>
      SwaggerUIBundle({ url: '/api/docs-json', dom_id: '#interface', deepLinking: true });
    </script>
  </body>
</html>
`;

/** The interface, described: for people at `/api/docs`, for programs at `/api/docs-json`. */
@Controller('api')
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }

  @Get('docs-json')
  json(): Promise<object> {
    return this.document.get();
  }

  @Get('docs/:asset')
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

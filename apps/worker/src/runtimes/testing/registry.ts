import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const configType = 'application/vnd.docker.container.image.v1+json';
const layerType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** What was asked for, and by whom: `name:password`; null: nobody said. */
interface Asked {
  readonly path: string;
  readonly by: string | null;
}

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * A registry as an engine speaks to it (the pull side of the distribution API, version 2), for images of one
 * layer. It asks everybody who he is, by basic authentication.
 */
export class Registry {
  readonly asked: Asked[] = [];
  private readonly blobs = new Map<string, Blob>();
  /** `repository:tag` → the digest of a manifest. */
  private readonly tags = new Map<string, string>();

  /** Host and port, as names of images begin. */
  readonly address: string;

  private constructor(
    private readonly server: Server,
    /** `name:password` */
    private readonly allowed: string,
  ) {
    // It listens on a port.
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(allowed: string): Promise<Registry> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Registry(server, allowed);
  }

  /** From now on the tag is this image: the files of a tar, and what runs of them. */
  tag(repository: string, tag: string, files: Buffer, command: readonly string[]): void {
    const layer = this.keep(layerType, gzipSync(files, { level: 1 }));
    const config = this.keep(
      configType,
      Buffer.from(
        JSON.stringify({
          ...{ architecture: architectures[process.arch] ?? process.arch, os: 'linux' },
          config: { Cmd: command },
          rootfs: { type: 'layers', diff_ids: [digestOf(files)] },
        }),
      ),
    );
    const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: [layer] };
    const { digest } = this.keep(manifestType, Buffer.from(JSON.stringify(manifest)));
    this.tags.set(`${repository}:${tag}`, digest);
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private keep(mediaType: string, bytes: Buffer) {
    const digest = digestOf(bytes);
    this.blobs.set(digest, { type: mediaType, bytes });
    return { mediaType, digest, size: bytes.length };
  }

  private answer({ url = '', headers, method }: IncomingMessage, response: ServerResponse): void {
    const said = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1];
    const by = said === undefined ? null : Buffer.from(said, 'base64').toString();
    this.asked.push({ path: url, by });
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (by !== this.allowed) {
      response.setHeader('www-authenticate', 'Basic realm="the shop"');
      return refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
    if (url === '/v2/') return void response.end('{}');
    const [, repository = '', reference = ''] =
      /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
    const digest = this.tags.get(`${repository}:${reference}`) ?? reference;
    const blob = this.blobs.get(digest);
    if (blob === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    response.writeHead(200, {
      ...{ 'content-type': blob.type, 'content-length': blob.bytes.length },
      'docker-content-digest': digest,
    });
    response.end(method === 'HEAD' ? undefined : blob.bytes);
  }
}

/** As images name them, by how Node does. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}

// The end of `npm run build`: our programs with the packages that they load, as few files, in `dist/programs`. To
// find, read and link two thousand took more than half of a start (docs/decisions/0026-programs-are-bundled.md).
// Made of what the compiler wrote: Nest reads what it says of decorators, and esbuild does not write that.
import { readFileSync, writeFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { licences } from './licences.js';

const programs = {
  oakring: 'dist/apps/cli/src/main.js',
  manager: 'dist/apps/manager/src/main.js',
  scheduler: 'dist/apps/scheduler/src/main.js',
  worker: 'dist/apps/worker/src/main.js',
  // Found by its name beside whoever starts it.
  'index-thread': 'dist/libs/stores/src/log/lmdb/index-thread.js',
};

/** Loaded from node_modules, as they lie. */
const leftOut = [
  // A binary for each platform; read as files; read files of theirs from where they lie, and needed by few.
  ...['lmdb', 'swagger-ui-dist', 'dockerode', '@grpc/grpc-js', '@grpc/proto-loader', 'yaml'],
  // Asked for only by those who installed them.
  ...['@fastify/multipart', '@fastify/static', '@fastify/view', '@nats-io/transport-node'],
  ...['@nestjs/platform-express', '@nestjs/websockets', 'amqp-connection-manager', 'ioredis'],
  ...['kafkajs', 'mongodb-client-encryption', '@mongodb-js/zstd', 'snappy', 'kerberos', 'aws4'],
  ...['@aws-sdk/credential-providers', 'gcp-metadata', 'socks', 'bufferutil', 'utf-8-validate'],
];

/** A stack trace names the sources of our own code; maps of packages would be larger than all else that is shipped. */
const mapsOfOurs: Plugin = {
  name: 'maps-of-ours',
  setup({ onLoad }) {
    const none = { version: 3, sources: [''], names: [], mappings: 'AAAA' };
    const text = Buffer.from(JSON.stringify(none)).toString('base64');
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${text}`,
      loader: 'js',
    }));
  },
};

const outdir = 'dist/programs';
const { metafile } = await build({
  entryPoints: programs,
  outdir,
  // One folder: what lies beside one of them lies beside each.
  chunkNames: '[name]-[hash]',
  ...({ bundle: true, splitting: true, format: 'esm', platform: 'node' } as const),
  target: 'node20.19',
  // Nest names its log lines by its classes, and the log leaves some out by these names.
  keepNames: true,
  // An eighth of what is shipped, and of the source that a running program keeps; maps lead from a trace to our lines.
  minifyWhitespace: true,
  // In LICENSES.txt, whole.
  legalComments: 'none',
  external: leftOut,
  plugins: [mapsOfOurs],
  ...({ sourcemap: true, sourcesContent: false, metafile: true, logLevel: 'warning' } as const),
  // What was CommonJS asks Node for its modules.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
});
writeFileSync(`${outdir}/LICENSES.txt`, licences(Object.keys(metafile.inputs)));
// Not shipped: which files came into each program.
writeFileSync(`${outdir}.json`, JSON.stringify(metafile.outputs));

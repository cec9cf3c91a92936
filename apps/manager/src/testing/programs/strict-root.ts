// A root to try a cluster with: `node --import ./infra/typescript/register.js <this file>`. Listens on the usual
// ports of this machine; each line on its input is `order <id> <number> <document>`, `end <id> <number>`,
// `slow <ms>`, `refuse <gRPC status, by name, or -> <HTTP status or ->`, `forget` or `show`.
import { createInterface } from 'node:readline';
import { status } from '@grpc/grpc-js';
import { StrictRoot } from '../../root/testing/strict-root.js';

const root = await StrictRoot.start({ http: 10_000, grpc: 50_052 });
const isGrpc = (text: string): text is keyof typeof status => text in status;

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, id = '', number, ...rest] = line.trim().split(/\s+/);
  if (verb === 'order') {
    await root.order(id, Number(number), JSON.parse(rest.join(' ')) as object);
  } else if (verb === 'end') await root.end(id, Number(number));
  else if (verb === 'slow') root.slowMs = Number(id);
  else if (verb === 'refuse') {
    root.instead = { grpc: isGrpc(id) ? id : null, http: Number(number) || null };
  } else if (verb === 'forget') root.forget();
  const { clusters, services, reports, problems, asked } = root;
  process.stdout.write(
    `${JSON.stringify({ clusters: [...clusters], services: [...services], reports, problems, asked })}\n`,
  );
}

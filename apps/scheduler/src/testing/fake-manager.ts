import type { NodeChanges, NodeFacts } from '@oakring/contracts';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeChanges } from '@oakring/planning/testing';

export interface FakeManager {
  readonly url: string;
  /** What it answers; a test moves it. */
  view: { position: number; nodes: readonly NodeFacts[] };
  /** Replaces the answer altogether. */
  answer: ((response: ServerResponse) => void) | null;
  /** The Authorization header of each request. */
  readonly authorizations: string[];
  close(): void;
}

/** A manager that gives its node view over HTTP and nothing else. */
export async function startFakeManager(nodes: readonly NodeFacts[]): Promise<FakeManager> {
  const server = createServer((request, response) => {
    manager.authorizations.push(request.headers.authorization ?? '');
    if (manager.answer !== null) return manager.answer(response);
    const since = Number(new URL(request.url ?? '', 'http://fake').searchParams.get('since'));
    const { position } = manager.view;
    const changes: NodeChanges = nodeChanges({
      position,
      complete: since === 0,
      nodes: since < position ? manager.view.nodes : [],
    });
    response.end(JSON.stringify(changes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const manager: FakeManager = {
    url: `http://127.0.0.1:${port}`,
    view: { position: 1, nodes },
    answer: null,
    authorizations: [],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return manager;
}

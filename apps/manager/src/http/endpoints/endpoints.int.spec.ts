import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { startTestManager } from '../testing/test-manager.js';

interface Described {
  readonly 'x-oakring-needs': string;
  readonly 'x-oakring-answered-by': string;
  readonly 'x-oakring-stream'?: true;
}

@Controller('api/v1/careless')
class Careless {
  @Get()
  show(): string {
    return 'everything';
  }
}

describe('Every route', () => {
  it('says what it needs, who answers it and whether it is a long stream', async () => {
    const manager = await startTestManager();
    const document = (await (await manager.get('/api/docs-json')).json()) as {
      paths: Record<string, Record<string, Described>>;
    };
    await manager.close();
    const lines = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, endpoint]) =>
        [
          endpoint['x-oakring-needs'].padEnd(15),
          endpoint['x-oakring-answered-by'].padEnd(6),
          endpoint['x-oakring-stream'] === true ? 'stream' : '      ',
          `${method.toUpperCase()} ${path}`,
        ].join(' '),
      ),
    );
    expect(`\n${lines.toSorted().join('\n')}\n`).toBe(routes);
  });

  it('says so, or the manager does not start', async () => {
    await expect(startTestManager({ controllers: [Careless] })).rejects.toMatchObject({
      code: 'endpoint-undeclared',
      message: 'GET /api/v1/careless does not say what it needs.',
    });
  });
});

/** Permission, who answers, how long. Whoever adds a line says who may be let in there. */
const routes = `
access:read     any           GET /api/v1/tokens
access:write    leader        DELETE /api/v1/tokens/{name}
access:write    leader        POST /api/v1/tokens
cluster:import  leader        POST /api/v1/imports/oakestra/nodes
cluster:import  leader        POST /api/v1/imports/oakestra/services
cluster:metrics any           GET /metrics
cluster:read    any           GET /api/v1/cluster
cluster:read    leader        GET /api/v1/root
jobs:exec       leader stream GET /api/v1/jobs/{id}/instances/{number}/exec
jobs:logs       leader stream GET /api/v1/jobs/{id}/instances/{number}/logs
jobs:read       any           GET /api/v1/instances
jobs:read       any           GET /api/v1/jobs
jobs:read       any           GET /api/v1/jobs/{id}
jobs:read       any           GET /api/v1/jobs/{id}/revisions
jobs:read       any           GET /api/v1/jobs/{id}/revisions/{revision}
jobs:write      leader        DELETE /api/v1/jobs/{id}
jobs:write      leader        DELETE /api/v1/jobs/{id}/instances/{number}/move
jobs:write      leader        POST /api/v1/jobs
jobs:write      leader        POST /api/v1/jobs/{id}/instances/{number}/move
jobs:write      leader        POST /api/v1/jobs/{id}/replicate
jobs:write      leader        POST /api/v1/jobs/{id}/restart
jobs:write      leader        POST /api/v1/jobs/{id}/rollback
jobs:write      leader        PUT /api/v1/jobs/{id}
known           any           GET /api/v1/whoami
ledger:cosign   leader        POST /api/v1/ledger/cosignatures
ledger:read     any           GET /api/v1/dead-letters
ledger:read     any           GET /api/v1/decisions/{id}
ledger:read     any           GET /api/v1/diff
ledger:read     any           GET /api/v1/ledger/checkpoint
ledger:read     any           GET /api/v1/ledger/consistency
ledger:read     any           GET /api/v1/ledger/head
ledger:read     any           GET /api/v1/ledger/keys
ledger:read     any           GET /api/v1/ledger/verify
ledger:read     any    stream GET /api/v1/events
ledger:read     any    stream GET /api/v1/ledger/commits
ledger:read     any    stream GET /api/v1/ledger/views
ledger:read     leader stream GET /api/v1/telemetry/batches
ledger:write    leader        POST /api/v1/ledger/keys/{fingerprint}/endorse
ledger:write    leader        POST /api/v1/ledger/keys/{fingerprint}/revoke
nodes:join      leader        POST /api/v1/joins
nodes:read      any           GET /api/v1/nodes
nodes:read      any           GET /api/v1/nodes/{id}
nodes:read      leader        GET /api/v1/node-changes
nodes:read      leader        GET /api/v1/nodes/{id}/telemetry
nodes:read      leader        GET /api/v1/strangers
nodes:register  leader        POST /api/v1/nodes
nodes:write     leader        DELETE /api/v1/nodes/{id}
nodes:write     leader        DELETE /api/v1/nodes/{id}/cordon
nodes:write     leader        DELETE /api/v1/nodes/{id}/credential
nodes:write     leader        DELETE /api/v1/nodes/{id}/drain
nodes:write     leader        DELETE /api/v1/nodes/{id}/quarantine
nodes:write     leader        POST /api/v1/nodes/{id}/cordon
nodes:write     leader        POST /api/v1/nodes/{id}/drain
nodes:write     leader        POST /api/v1/nodes/{id}/quarantine
nodes:write     leader        PUT /api/v1/nodes/{id}/labels
nothing         any           GET /api/docs
nothing         any           GET /api/docs-json
nothing         any           GET /api/docs/start.js
nothing         any           GET /api/docs/{asset}
nothing         any           GET /api/v1/leadership/proof
nothing         any           GET /health/live
nothing         any           GET /health/ready
oakestra        leader        DELETE /api/service/{id}/{number}
oakestra        leader        GET /api/cluster/status
oakestra        leader        POST /api/node/register
oakestra        leader        POST /api/service/{id}/{number}
secrets:read    any           GET /api/v1/secrets
secrets:write   leader        DELETE /api/v1/secrets/{name}
secrets:write   leader        POST /api/v1/secrets
secrets:write   leader        POST /api/v1/secrets/{name}/rotate
`;

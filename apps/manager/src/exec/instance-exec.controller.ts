import { Controller, Get, Inject, Logger, Param, Req, Res } from '@nestjs/common';
import { execProtocol, idOf, maxExecFrameBytes, OakringError } from '@oakring/contracts';
import { OpenConnections } from '@oakring/http';
import { instanceKey } from '@oakring/model';
import type { Ports } from '@oakring/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import type { CommandQueue } from '../commands/command.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { partAtTokenEnd } from '../http/endpoints/end-with-token.js';
import { badParameter } from '../http/endpoints/parameters.js';
import { takeUpgrade, wantsWebSocket } from '../http/upgrades.js';
import { originOf } from '../inbox/http/idempotency.js';
import { parsed } from '../inbox/http/settled.js';
import { COMMAND_QUEUE, PORTS, STREAMS } from '../injection/tokens.js';
import type { Streams } from '../streams/node-streams.js';
import { Projection } from '../views/projection.js';
import { runSession } from './exec-session.js';
import { ExecSocket } from './exec-socket.js';
import { LiveExecs } from './live-execs.js';

/** `GET /api/v1/jobs/{id}/instances/{number}/exec`: a command in an instance, over a WebSocket. */
@Controller('api/v1/jobs')
export class InstanceExecController {
  private readonly logger = new Logger('Exec');
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxExecFrameBytes,
    // Of what a terminal shows little is gained, and its memory is each connection's.
    perMessageDeflate: false,
    handleProtocols: () => execProtocol,
  });

  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(STREAMS) private readonly streams: Streams,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
    private readonly live: LiveExecs,
    private readonly connections: OpenConnections,
  ) {}

  @Get(':id/instances/:number/exec')
  @Endpoint({
    id: 'execInInstance',
    tag: 'Jobs',
    summary: 'Run a command in an instance, over a WebSocket',
    needs: 'jobs:exec',
    heeds: 'job',
    answeredBy: 'leader',
    isStream: true,
    answers: [
      {
        status: 101,
        says: `A WebSocket of the subprotocol ${execProtocol}, whose frames docs/clients.md tells.`,
        ...{ of: null, media: [], headers: [] },
      },
    ],
    problems: ['invalid-id', 'job-unknown', 'instance-unknown', 'upgrade-required'],
  })
  exec(
    @Param('id') id: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.refuseUnknown(id, number);
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    const isOurs = protocols.some((protocol) => protocol.trim() === execProtocol);
    const upgrade = wantsWebSocket(request) && isOurs ? takeUpgrade(request) : null;
    if (upgrade === null) {
      void reply.header('upgrade', 'websocket');
      const detail = `It is asked as a WebSocket of the subprotocol ${execProtocol}.`;
      throw new OakringError({ code: 'upgrade-required', detail });
    }
    reply.hijack();
    const order = { id, instance: Number(number), origin: originOf(request, undefined) };
    this.sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (socket) => {
      const { queue, streams, projection, ports, live } = this;
      const { signal: closing } = this.connections;
      const parts = { queue, streams, projection, ports, live, closing };
      const exec = new ExecSocket(socket, ports);
      const detail = 'The token that this was asked with was revoked, or has come to its end.';
      partAtTokenEnd(reply.raw, () => exec.part({ code: 'unauthorized', detail }));
      runSession(exec, order, parts).catch((error: unknown) => {
        socket.terminate();
        this.logger.error(`a command in instance ${number} of job ${id} failed: ${String(error)}`);
      });
    });
  }

  /** What can be told before there is a connection is an answer as all others. */
  private refuseUnknown(id: string, number: string): void {
    const { jobs, instances } = this.projection.state;
    if (!/^\d{1,5}$/.test(number)) {
      throw badParameter('number', number, 'not the number of an instance');
    }
    if (jobs.get(parsed(idOf(id, 'id'))) === undefined) {
      const detail = `There is no job ${id}.`;
      throw new OakringError({ code: 'job-unknown', detail, field: 'id', value: id });
    }
    if (instances.get(instanceKey(id, Number(number))) === undefined) {
      const detail = `Job ${id} has no instance ${number}.`;
      throw new OakringError({ code: 'instance-unknown', detail, field: 'number', value: number });
    }
  }
}

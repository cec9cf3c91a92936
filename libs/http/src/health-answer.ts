import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** What a health check found. Probes and dashboards know its shape; a problem would tell them less. */
export async function healthAnswer(check: Promise<object>, reply: FastifyReply): Promise<object> {
  try {
    return await check;
  } catch (error) {
    if (!(error instanceof HttpException)) throw error;
    void reply.code(error.getStatus());
    return Object(error.getResponse());
  }
}

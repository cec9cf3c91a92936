// @ts-check
// The floor for memory: the bare parts loaded and used in one process, nothing of ours. JavaScript, because
// a compiler in the same process would be measured with them.
import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import '@nestjs/microservices';
import '@nestjs/terminus';
import 'class-validator';
import 'class-transformer';
import { Aedes } from 'aedes';
import { open } from 'lmdb';
import { connect } from 'mqtt';
import 'prom-client';

class Empty {}
Module({})(Empty);
for (let app = 0; app < 2; app += 1) {
  const nest = await NestFactory.create(Empty, new FastifyAdapter(), { logger: false });
  await nest.listen(0, '127.0.0.1');
}
const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
const store = open({ path: join(mkdtempSync(join(tmpdir(), 'oakring-bare-')), 'a') });
await store.put('a', 1);
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
connect(`mqtt://127.0.0.1:${port}`).on('connect', () => process.send?.({ ready: true }));

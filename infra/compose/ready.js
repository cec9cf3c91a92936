#!/usr/bin/env node
// @ts-check
// The health check of a container of ours: ends with 0 when what listens on that port is ready, and
// otherwise says why not. JavaScript, because it runs in our image, which has nothing else to ask with.
//   ready.js <port>
import { readFileSync } from 'node:fs';
import { get as askPlain } from 'node:http';
import { get as askEncrypted } from 'node:https';
import { join } from 'node:path';

const answerWithinMs = 3_000;
const { OAKRING_TLS: tls, OAKRING_TLS_CA: named, OAKRING_DATA: data = '' } = process.env;
const place = `127.0.0.1:${process.argv[2]}/health/ready`;
const timeout = answerWithinMs;

/** @param {import('node:http').IncomingMessage} response */
const answered = (response) => {
  if (response.statusCode === 200) process.exit(0);
  process.exitCode = 1;
  response.pipe(process.stdout);
};
// Where it is on, the certificate is made by `certs init`, which is for this address too.
const ca = named || join(data, 'certs', 'ca.crt');
const asked =
  tls === 'true'
    ? askEncrypted(`https://${place}`, { timeout, ca: readFileSync(ca) }, answered)
    : askPlain(`http://${place}`, { timeout }, answered);
asked
  .on('timeout', () => fail(`no answer within ${answerWithinMs} ms`))
  .on('error', ({ message }) => fail(message));

/** @param {string} reason */
function fail(reason) {
  console.log(reason);
  process.exit(1);
}

#!/usr/bin/env node
// @ts-check
// The health check of a container of ours: ends with 0 when what listens on that port is ready, and
// otherwise says why not. JavaScript, because it runs in our image, which has nothing else to ask with.
//   ready.js <port>
import { get } from 'node:http';

const answerWithinMs = 3_000;
const url = `http://127.0.0.1:${process.argv[2]}/health/ready`;

get(url, { timeout: answerWithinMs }, (response) => {
  if (response.statusCode === 200) process.exit(0);
  process.exitCode = 1;
  response.pipe(process.stdout);
})
  .on('timeout', () => fail(`no answer within ${answerWithinMs} ms`))
  .on('error', ({ message }) => fail(message));

/** @param {string} reason */
function fail(reason) {
  console.log(reason);
  process.exit(1);
}

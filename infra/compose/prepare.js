#!/usr/bin/env node
// @ts-check
// What a manager of docker-compose.yml waits for: makes the mongod of that file a replica set of one,
// once, and ends when that takes writes and the broker takes connections. With the driver, because an
// image of MongoDB may lack its shell; JavaScript, because it runs in our image. Without PREPARE_MONGODB
// or PREPARE_BROKER (`<host>:<port>`) that one is somebody else's, and not waited for.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { MongoClient, MongoServerError } from 'mongodb';

const giveUpAfterMs = 300_000;
const lookEveryMs = 250;
const answerWithinMs = 2_000;
/** What a mongod of a set says that has no configuration yet. */
const notYetInitialized = 94;

const { PREPARE_MONGODB: mongodb = '', PREPARE_BROKER: broker = '' } = process.env;
const deadline = Date.now() + giveUpAfterMs;
if (mongodb !== '') await until(`MongoDB at ${mongodb} takes writes`, () => isPrimary(mongodb));
if (broker !== '') await until(`the broker at ${broker} takes connections`, () => isOpen(broker));

/**
 * @param {string} what
 * @param {() => Promise<boolean>} look
 */
async function until(what, look) {
  let wrong = 'not yet';
  for (;;) {
    try {
      if (await look()) break;
    } catch (error) {
      wrong = String(error);
    }
    if (Date.now() > deadline) {
      console.error(`It is not so that ${what}, after ${giveUpAfterMs / 1000} s: ${wrong}`);
      process.exit(1);
    }
    await setTimeout(lookEveryMs);
  }
  console.log(what);
}

/** @param {string} host */
async function isPrimary(host) {
  const url = `mongodb://${host}/?directConnection=true`;
  const client = new MongoClient(url, { serverSelectionTimeoutMS: answerWithinMs });
  try {
    const admin = client.db('admin');
    if (!(await isInitiated(admin))) {
      await admin.command({ replSetInitiate: { _id: 'rs', members: [{ _id: 0, host }] } });
    }
    return (await admin.command({ hello: 1 }))['isWritablePrimary'] === true;
  } finally {
    await client.close();
  }
}

/** @param {import('mongodb').Db} admin */
async function isInitiated(admin) {
  try {
    await admin.command({ replSetGetStatus: 1 });
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === notYetInitialized) return false;
    throw error;
  }
}

/** @param {string} address */
async function isOpen(address) {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect(Number(port), hostname).setTimeout(answerWithinMs, () => socket.destroy());
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

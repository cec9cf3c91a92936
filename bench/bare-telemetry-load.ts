// The floor: a bare MQTT.js client that counts and parses. Arguments: url, number of readings.
import { performance } from 'node:perf_hooks';
import { connect } from 'mqtt';
import { tell } from './processes.js';

const [url = '', readings] = process.argv.slice(2);
const client = connect(url, { reconnectPeriod: 0 });
let count = 0;
let startedMs = 0;
let sum = 0;
client.on('message', (topic, payload) => {
  if (count === 0) startedMs = performance.now();
  count += 1;
  sum += (JSON.parse(payload.toString()) as { cpu: number }).cpu + topic.length;
  if (count === Number(readings)) {
    tell({ perSecond: count / ((performance.now() - startedMs) / 1000), sum });
  }
});
client.on('connect', () => client.subscribe('nodes/+/information', { qos: 0 }));

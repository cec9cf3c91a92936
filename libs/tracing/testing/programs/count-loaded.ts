// Opens tracing as its environment says, and prints how many modules of OpenTelemetry that has loaded.
import { createRequire } from 'node:module';
import { systemPorts } from '@oakring/ports';
import { openTracing } from '@oakring/tracing';

const { timers } = systemPorts();
const { isOn } = await openTracing(process.env, 'a-program', { timers, warn: () => {} });
const loaded = Object.keys(createRequire(import.meta.url).cache);
const modules = loaded.filter((path) => path.includes('@opentelemetry')).length;
process.stdout.write(JSON.stringify({ isOn, modules }));

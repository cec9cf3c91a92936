// @ts-check
// As register.js, but what a program imports of apps/ and libs/ comes from the last build: a benchmark
// is typed by the sources and measures what ships.
import { register } from 'node:module';

register('./hooks.js', import.meta.url, { data: { built: true } });

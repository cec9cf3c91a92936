// `node --import` this file and TypeScript runs as it lies there: for tests that start processes.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);

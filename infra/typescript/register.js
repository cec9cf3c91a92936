// @ts-check
// `node --import ./infra/typescript/register.js program.ts` runs TypeScript as it lies there: the oldest
// Node that is supported strips no types. JavaScript, because nothing compiles what compiles the rest.
import { register } from 'node:module';

register('./hooks.js', import.meta.url);

// @ts-check
// What `@jest/globals` is to specs that share their modules. A kit is loaded once and named what it found
// here by whoever runs now: what it calls is looked up when it calls.
/** @typedef {typeof import('@jest/globals')} Globals */

/** @type {Globals['describe']} */
export let describe;
/** @type {Globals['it']} */
export let it;
/** @type {Globals['expect']} */
export let expect;
/** @type {Globals['beforeAll']} */
export let beforeAll;
/** @type {Globals['beforeEach']} */
export let beforeEach;
/** @type {Globals['afterEach']} */
export let afterEach;
/** @type {Globals['afterAll']} */
export let afterAll;

/**
 * From now on it is these that are called.
 *
 * @param {Globals} globals
 */
export function speakFor(globals) {
  ({ describe, it, expect, beforeAll, beforeEach, afterEach, afterAll } = globals);
}

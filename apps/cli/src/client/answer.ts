import type { Client } from 'openapi-fetch';
import { refusedWith } from './manager-error.js';
import type { paths } from './openapi.js';

/** The manager's HTTP interface, by docs/openapi.json. */
export type Api = Client<paths>;

/** What is no success was thrown by `http.ts`. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await asked;
  if (data !== undefined && data !== null) return data;
  throw refusedWith(200, '');
}

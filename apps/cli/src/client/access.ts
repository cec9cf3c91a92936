import { answer, type Api } from './answer.js';
import type { CreateToken } from './documents.js';

export function accessOf(api: Api) {
  return {
    tokens: () => answer(api.GET('/api/v1/tokens')),
    /** The only answer that the token is in. */
    createToken: (body: CreateToken) => answer(api.POST('/api/v1/tokens', { body })),
    revokeToken: (name: string) =>
      answer(api.DELETE('/api/v1/tokens/{name}', { params: { path: { name } } })),
    whoAmI: () => answer(api.GET('/api/v1/whoami')),
  };
}

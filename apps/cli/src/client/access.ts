import { answer, type Api } from './answer.js';
import type { CreateToken, RotateSecret, SetSecret } from './documents.js';

export function accessOf(api: Api) {
  return {
    tokens: () => answer(api.GET('/api/v1/tokens')),
    /** The only answer that the token is in. */
    createToken: (body: CreateToken) => answer(api.POST('/api/v1/tokens', { body })),
    secrets: () => answer(api.GET('/api/v1/secrets')),
    setSecret: (body: SetSecret) => answer(api.POST('/api/v1/secrets', { body })),
    rotateSecret: (name: string, body: RotateSecret) =>
      answer(api.POST('/api/v1/secrets/{name}/rotate', { params: { path: { name } }, body })),
    removeSecret: (name: string) =>
      answer(api.DELETE('/api/v1/secrets/{name}', { params: { path: { name } } })),
    revokeToken: (name: string) =>
      answer(api.DELETE('/api/v1/tokens/{name}', { params: { path: { name } } })),
    whoAmI: () => answer(api.GET('/api/v1/whoami')),
  };
}

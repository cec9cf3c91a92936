export { LocalAuthority } from './local-authority.js';

export { LocalAuthority, otherwise } from './local-authority.js';

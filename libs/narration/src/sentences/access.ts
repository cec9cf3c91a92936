import type { Sentences } from './sentence.js';

/** What happened to tokens, and to those who had none. */
export const accessSentences: Sentences<
  'TokenGranted' | 'TokenGrantRefused' | 'TokenRevoked' | 'RequestsRefused'
> = {
  TokenGranted: ({ name, role, expiresAt, nodes = {} }) => {
    const labels = Object.entries(nodes).map(([label, value]) => `${label}=${value}`);
    const limit = labels.length === 0 ? '' : `, for nodes with ${labels.join(',')}`;
    return `token ${name} of role ${role} given, until ${new Date(expiresAt).toISOString()}${limit}`;
  },
  TokenGrantRefused: ({ name, detail }, { colors }) =>
    colors.red(`token ${name} not given: ${detail}`),
  TokenRevoked: ({ name }, { colors }) => colors.yellow(`token ${name} revoked`),
  RequestsRefused: ({ unauthorized, forbidden, shown }, { colors }) => {
    const [first] = shown;
    const such =
      first === undefined ? '' : `, such as ${first.request} by ${first.name ?? first.from}`;
    return (
      `${colors.red('refused')} ${unauthorized} requests without a token that holds, ` +
      `${forbidden} beyond the role of their token${such}`
    );
  },
};
